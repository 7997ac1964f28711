import { expect, test } from 'vitest'
import { emptyJobStream, withEvents, withLines, withMissed } from './job-stream'
import type { LogLine } from './log-line'

const line = (n: number): LogLine => ({ n, at: n, stepId: null, level: 'info', text: `line ${n}` })
const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => line(from + i))
const numbers = (held: readonly LogLine[]) => held.map(({ n }) => n)

test('what was stored comes first, the stream goes on after it', () => {
  const joined = withMissed(emptyJobStream, { lines: lines(1, 3), events: [], lastLine: 3 })
  const next = withLines(joined, lines(2, 5))
  expect(joined.caughtUp).toBe(true)
  expect(numbers(next?.lines ?? [])).toEqual([1, 2, 3, 4, 5])
})

test('an answer that was cut at its limit is not caught up', () => {
  const joined = withMissed(emptyJobStream, { lines: lines(1, 2), events: [], lastLine: 9 })
  expect(joined).toMatchObject({ caughtUp: false, lastLine: 9 })
})

test('a batch that would leave a gap is not taken', () => {
  const joined = withMissed(emptyJobStream, { lines: lines(1, 3), events: [], lastLine: 3 })
  expect(withLines(joined, lines(5, 6))).toBeNull()
})

test('a batch that brings nothing new keeps the same state', () => {
  const joined = withMissed(emptyJobStream, { lines: lines(1, 3), events: [], lastLine: 3 })
  expect(withLines(joined, lines(1, 2))).toBe(joined)
})

test('events follow the same rule by their sequence number', () => {
  const event = (seq: number) =>
    ({ v: 1, jobId: 'j', seq, epoch: 0, at: 1, type: 'queued', by: 'ada' }) as const
  const joined = withMissed(emptyJobStream, { lines: [], events: [event(1)], lastLine: 0 })
  expect(withEvents(joined, [event(1), event(2)])?.events).toHaveLength(2)
  expect(withEvents(joined, [event(3)])).toBeNull()
})
