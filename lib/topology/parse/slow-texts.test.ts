import { expect, test } from 'vitest'
import { MAX_TEXT_BYTES } from '@/lib/base/text-limit'
import { formatTopology } from '../format'
import { parseTopology } from '../parse'
import { big } from '../testing/big'

const HEAD = 'drawbridge: 1\nname: x\nvms: '
const many = (piece: (n: number) => string, [open, close]: string) => {
  const parts: string[] = []
  let left = MAX_TEXT_BYTES - 100
  // Less than half of what is still read: at the square of it this took minutes.
  for (let n = 0; n < 100_000 && left > 0; n++) {
    const part = piece(n)
    left -= part.length
    parts.push(part)
  }
  return `${HEAD}${open}${parts.join('')}${close}`
}

// Found as slow as the square of their length: half a minute for a tenth of the first.
test.each([
  ['keys that are no machine, on one line', many((n) => `a${n}: 1,`, '{}')],
  ['one key again and again', many(() => 'a: ,', '{}')],
  ['commas', many(() => ',', '{}')],
  ['texts without a comma', `${HEAD}[${'"a"'.repeat(200_000)}]`],
])('%s: answered within seconds', (_, text) => {
  const before = process.cpuUsage()
  const parsed = parseTopology(text)
  const seconds = process.cpuUsage(before).user / 1e6
  expect(parsed.ok ? 0 : parsed.faults.length).toBeGreaterThan(0)
  expect(parsed.ok ? 0 : parsed.faults.length).toBeLessThanOrEqual(1000)
  expect(seconds).toBeLessThan(8)
})

test('10,000 VMs are read, and a fault in many is told by its path', () => {
  const text = formatTopology(big(10_000))
  expect(parseTopology(text).ok).toBe(true)
  expect(parseTopology(`${formatTopology(big(2000))}holz: &a 1\n`)).toMatchObject({
    faults: [{ code: 'schema.unknown-field', path: ['holz'] }],
  })
})
