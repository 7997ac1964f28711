import { expect, test } from 'vitest'
import { countDone, foldJob } from './fold'
import type { JobEvent } from './journal'
import type { JobRecord } from './step-record'

/** Events numbered and timed in order; an epoch is raised by each claim. */
function journal(...records: JobRecord[]): JobEvent[] {
  let epoch = 0
  return records.map((record, i) => {
    if (record.type === 'claimed') epoch++
    return { v: 1, jobId: 'j', seq: i + 1, epoch, at: (i + 1) * 10, ...record } as JobEvent
  })
}
const queued: JobRecord = { type: 'queued', by: 'ann' }
const claimed: JobRecord = { type: 'claimed', worker: 'w' }
const started: JobRecord = { type: 'step-started', stepId: 's' }
const noted: JobRecord = { type: 'step-noted', stepId: 's', key: 'upid', value: 'UPID:1' }
const failed: JobRecord = { type: 'step-failed', stepId: 's', code: 'x.y', message: 'm' }
const ended = (outcome: 'succeeded' | 'failed' | 'cancelled'): JobRecord => ({
  type: 'ended',
  outcome,
  code: outcome === 'failed' ? 'x.y' : null,
  message: outcome === 'failed' ? 'm' : null,
})

test('a job from queue to end', () => {
  const done: JobRecord = { type: 'step-succeeded', stepId: 's', changed: true }
  const state = foldJob(journal(queued, claimed, started, done, ended('succeeded')))
  expect(state).toMatchObject({
    ...{ status: 'succeeded', by: 'ann', queuedAt: 10, startedAt: 20, endedAt: 50, seq: 5 },
    steps: { s: { status: 'succeeded', attempts: 1, changed: true, startedAt: 30, endedAt: 40 } },
  })
  expect(countDone(state)).toBe(1)
})

test('a step that was running when the worker died keeps its notes for the next', () => {
  const resumed: JobRecord = { type: 'resumed', by: 'w2', interruptedAt: 40 }
  const state = foldJob(journal(queued, claimed, started, noted, claimed, resumed, started))
  expect(state.steps.s).toMatchObject({ status: 'running', attempts: 2, notes: { upid: 'UPID:1' } })
  expect(state.interruptions).toEqual([{ at: 40, resumedAt: 60 }])
  expect(state.epoch).toBe(2)
})

test('notes outlive a crash, not a failure or a retry', () => {
  expect(foldJob(journal(queued, claimed, started, noted, failed)).steps.s?.notes).toEqual({})
  const retrying: JobRecord = { ...failed, type: 'step-retrying', delayMs: 1 } as JobRecord
  const state = foldJob(journal(queued, claimed, started, noted, retrying))
  expect(state.steps.s).toMatchObject({ status: 'running', notes: {}, error: { code: 'x.y' } })
})

test('a retried job runs again without its old error', () => {
  const retry: JobRecord = { type: 'retry-asked', by: 'bob' }
  const events = journal(queued, claimed, started, failed, ended('failed'), retry, claimed, started)
  expect(foldJob(events.slice(0, 5)).error).toEqual({ code: 'x.y', message: 'm' })
  expect(foldJob(events)).toMatchObject({
    ...{ status: 'running', error: null, endedAt: null },
    steps: { s: { status: 'running', attempts: 2, error: null } },
  })
})

test('a step that cancel cut off is pending again and keeps its notes', () => {
  const cancel: JobRecord = { type: 'cancel-asked', by: 'ann' }
  const state = foldJob(journal(queued, claimed, started, noted, cancel, ended('cancelled')))
  expect(state.steps.s).toMatchObject({ status: 'pending', notes: { upid: 'UPID:1' } })
  expect(state.cancelAsked).toBe(false)
})

test('a failed step may be skipped once its job has ended', () => {
  const skip: JobRecord = { type: 'step-skipped', stepId: 's', by: 'ann', reason: 'known' }
  const state = foldJob(journal(queued, claimed, started, failed, ended('failed'), skip))
  expect(state.steps.s?.status).toBe('skipped')
})

test.each<[string, JobRecord[]]>([
  ['a journal begins with queued', [claimed]],
  [
    'succeeded while pending',
    [queued, claimed, { type: 'step-succeeded', stepId: 's', changed: true }],
  ],
  ['step-started of s while queued', [queued, started]],
  ['claimed while failed', [queued, claimed, ended('failed'), claimed]],
  ['retry-asked while running', [queued, claimed, { type: 'retry-asked', by: 'x' }]],
])('an impossible history is a bug: %s', (message, records) => {
  expect(() => foldJob(journal(...records))).toThrow(message)
})

test('a hole in the numbers is a bug', () => {
  const events = journal(queued, claimed, started)
  expect(() => foldJob([events[0]!, events[2]!])).toThrow('event 3 follows 1')
})
