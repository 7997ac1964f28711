import { expect, test } from 'vitest'
import type { ObservedVm, Seen } from '@/lib/plan/observed'
import { parseTopology } from '@/lib/topology/parse'
import { whyNotAct } from './power'

const parsed = parseTopology('drawbridge: 1\nname: Lab\n')
const empty = parsed.ok ? parsed.topology : null

const running = { running: true, lock: null } as ObservedVm
const seen: Seen<ObservedVm> = { state: 'known', value: running, at: 0 }

test('a VM that left the drawing can be destroyed and nothing else', () => {
  if (!empty) throw new Error('the document of this test is not read')
  expect(whyNotAct('destroy', empty, 'w3', seen)).toBeNull()
  expect(whyNotAct('restart', empty, 'w3', seen)).toContain('left the drawing')
})

test('what does not exist is not destroyed', () => {
  if (!empty) throw new Error('the document of this test is not read')
  expect(whyNotAct('destroy', empty, 'w3', { state: 'absent', at: 0 })).toBe('w3 does not exist.')
})
