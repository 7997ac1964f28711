import { describe, expect, test } from 'vitest'
import type { LogLine } from '@/lib/live/log-line'
import { copyText, indexOfLine, lineOfHash, shownLines, subjectOf } from './log-view'

const line = (n: number, more: Partial<LogLine> = {}): LogLine => ({
  n,
  at: Date.UTC(2026, 0, 1),
  stepId: null,
  level: 'info',
  text: `line ${n}`,
  ...more,
})
const LINES = [
  line(1, { level: 'debug' }),
  line(2, { stepId: 'vm.clone:a', text: '\u001b[32mClon\u001b[0ming' }),
  line(3, { stepId: 'vm.clone:b', level: 'error', text: 'no space' }),
]
const ALL = { stepId: null, level: 'debug', find: '' } as const

describe('shownLines', () => {
  test('without a filter it is the very same array, so nothing is drawn again', () => {
    expect(shownLines(LINES, ALL)).toBe(LINES)
  })
  test.each([
    [{ ...ALL, stepId: 'vm.clone:a' }, [2]],
    [{ ...ALL, level: 'info' as const }, [2, 3]],
    [{ ...ALL, level: 'error' as const }, [3]],
    [{ ...ALL, find: 'CLONING' }, [2]],
    [{ ...ALL, find: 'space', stepId: 'vm.clone:a' }, []],
  ])('%o shows %o', (filter, numbers) => {
    expect(shownLines(LINES, filter).map((each) => each.n)).toEqual(numbers)
  })
})

test('a permalink is read, and nothing else is', () => {
  expect(lineOfHash('#L123')).toBe(123)
  expect([lineOfHash('#L'), lineOfHash('#l1'), lineOfHash(''), lineOfHash('#L1x')]).toEqual([
    null,
    null,
    null,
    null,
  ])
})

test('a line that is filtered out leads to the next one shown', () => {
  const shown = [line(2), line(5), line(9)]
  expect([1, 2, 3, 9, 10].map((n) => indexOfLine(shown, n))).toEqual([0, 0, 1, 2, 3])
})

test('copies carry instants, steps and no colours', () => {
  expect(copyText(LINES.slice(1, 2))).toBe('2026-01-01T00:00:00.000Z vm.clone:a Cloning')
})

test.each([
  [null, ''],
  ['vm.clone:k8s-worker-2', 'k8s-worker-2'],
  ['addon.install:dark-knight/metallb', 'metallb'],
  ['addon.resources:dark-knight/metallb/before', 'metallb'],
])('a line of step %s is about %j', (stepId, subject) => {
  expect(subjectOf(stepId)).toBe(subject)
})
