import { describe, expect, test } from 'vitest'
import { foldJob } from '@/lib/jobs/fold'
import type { JobEvent } from '@/lib/jobs/journal'
import type { Step } from '@/lib/plan/step'
import { advance, approvalReason, groupStatus, remainingMs } from './job-view'

type Body = JobEvent extends infer E
  ? E extends JobEvent
    ? Omit<E, 'v' | 'jobId' | 'seq' | 'epoch' | 'at'>
    : never
  : never
const journal = (...bodies: Body[]): JobEvent[] =>
  bodies.map(
    (body, i) => ({ v: 1, jobId: 'j', seq: i + 1, epoch: 1, at: i * 1000, ...body }) as JobEvent,
  )

const step = (id: string, more: Partial<Step> = {}): Step =>
  ({
    id,
    kind: 'vm.start',
    args: {},
    needs: [],
    reason: '',
    object: ['vms', 'a'],
    effect: 'start',
    etaS: 10,
    locks: [],
    ...more,
  }) as Step

const EVENTS = journal(
  { type: 'queued', by: 'ada' },
  { type: 'claimed', worker: 'w' },
  { type: 'step-started', stepId: 'a' },
  { type: 'step-succeeded', stepId: 'a', changed: true },
  { type: 'step-started', stepId: 'b' },
)

describe('advance', () => {
  test('event by event it gives what folding them all gives', () => {
    let held: Parameters<typeof advance>[0] = { events: [], state: null }
    for (let n = 1; n <= EVENTS.length; n++) held = advance(held, EVENTS.slice(0, n))
    expect(held.state).toEqual(foldJob(EVENTS))
  })

  test('the same events give the same object', () => {
    const held = advance({ events: [], state: null }, EVENTS)
    expect(advance(held, held.events)).toBe(held)
  })

  test('what was folded is not folded again', () => {
    const held = advance({ events: [], state: null }, EVENTS.slice(0, 4))
    const unread = EVENTS.map((event, i) => (i < 3 ? ({} as JobEvent) : event))
    expect(advance(held, unread).state).toEqual(foldJob(EVENTS))
  })

  test('another beginning is folded anew', () => {
    const held = advance({ events: [], state: null }, EVENTS)
    expect(advance(held, EVENTS.slice(0, 2)).state).toEqual(foldJob(EVENTS.slice(0, 2)))
  })
})

describe('remainingMs', () => {
  const state = foldJob(EVENTS)
  test('the longest chain of what is left; a running step is credited with its time', () => {
    const steps = [step('a'), step('b', { needs: ['a'] }), step('c', { needs: ['b'] })]
    expect(remainingMs(steps, state, 7000)).toBe(7000 + 10_000)
  })
  test('steps behind one lock add up', () => {
    const steps = [1, 2, 3].map((n) => step(`x${n}`, { locks: ['storage'] }))
    expect(remainingMs(steps, state, 0)).toBe(30_000)
  })
  test('nothing is left when all is done', () => {
    expect(remainingMs([step('a')], state, 0)).toBe(0)
  })
})

test('a group is failed before running before waiting before done', () => {
  const state = foldJob(EVENTS)
  expect(groupStatus([step('a')], state)).toBe('succeeded')
  expect(groupStatus([step('a'), step('z')], state)).toBe('pending')
  expect(groupStatus([step('a'), step('b')], state)).toBe('running')
})

test('an approval that was given asks no more', () => {
  const asked = journal(
    { type: 'queued', by: 'ada' },
    { type: 'approval-asked', reason: 'One more step.' },
  )
  expect(approvalReason(asked)).toBe('One more step.')
  expect(approvalReason([...asked, ...journal({ type: 'approved', by: 'bo' })])).toBeNull()
})
