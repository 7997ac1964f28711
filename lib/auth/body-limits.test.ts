import { expect, test } from 'vitest'
import { MAX_TEXT_BYTES } from '@/lib/base/text-limit'
import { parseTopology } from '@/lib/topology/parse'
import { bodyLimitOf } from './body-limits'

test('the longest document that is read fits into the body that brings it', () => {
  const head = 'drawbridge: 1\nname: x\n'
  // Lines of eleven characters: each end is two bytes in JSON.
  const text = head + '# comment\n\n'.repeat(Math.floor((MAX_TEXT_BYTES - head.length) / 11))
  expect(parseTopology(text).ok).toBe(true)
  const body = JSON.stringify({ text, parent: 1, message: 'x'.repeat(500) })
  for (const key of ['POST /api/topologies', 'POST /api/t/[t]/revisions'] as const)
    expect(Buffer.byteLength(body)).toBeLessThan(bodyLimitOf(key))
})
