import { describe, expect, test } from 'vitest'
import type { JobSummary, RevisionSummary } from '@/lib/api/contract'
import { openFailures, recentChanges } from './recent'

const job = (id: string, more: Partial<JobSummary>): JobSummary => ({
  id,
  kind: 'deploy',
  title: id,
  topologyId: 'home',
  connectionId: null,
  revision: 1,
  status: 'succeeded',
  outcome: 'succeeded',
  by: 'ada',
  queuedAt: 0,
  startedAt: 0,
  endedAt: 0,
  stepsDone: 1,
  stepsTotal: 1,
  leftMs: null,
  queue: null,
  error: null,
  ...more,
})
const revision = (number: number, at: number): RevisionSummary => ({
  number,
  parent: number - 1,
  hash: '',
  at,
  author: 'ada',
  message: '',
  deployable: true,
})

describe('recentChanges', () => {
  test('mixes jobs and revisions, newest first, without errands and running jobs', () => {
    const changes = recentChanges(
      [
        job('old', { endedAt: 10 }),
        job('look', { endedAt: 40, kind: 'refresh' }),
        job('now', { endedAt: null, status: 'running' }),
      ],
      [{ topologyId: 'home', revisions: [revision(2, 30), revision(1, 5)] }],
      10,
    )
    expect(changes.map((each) => each.at)).toEqual([30, 10, 5])
  })

  test('keeps to its limit', () => {
    expect(recentChanges([job('a', { endedAt: 1 }), job('b', { endedAt: 2 })], [], 1)).toHaveLength(
      1,
    )
  })
})

describe('openFailures', () => {
  const failed = job('f', { status: 'failed', outcome: 'failed', queuedAt: 5 })

  test('a failure waits for a person', () => {
    expect(openFailures([failed])).toEqual([failed])
  })

  test('a later deploy that succeeded makes it good', () => {
    expect(openFailures([failed, job('g', { queuedAt: 6 })])).toEqual([])
  })

  test('an earlier success does not, nor one of another topology', () => {
    expect(
      openFailures([job('g', { queuedAt: 4 }), failed, job('o', { queuedAt: 9, topologyId: 'x' })]),
    ).toEqual([failed])
  })
})
