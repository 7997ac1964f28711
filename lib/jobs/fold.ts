import { assert, unreachable } from '@/lib/base/assert'
import type { JobEvent, JobState, JobStatus, StepState } from './journal'

/** A step without events. */
export const PENDING_STEP: StepState = {
  status: 'pending',
  attempts: 0,
  startedAt: null,
  endedAt: null,
  changed: null,
  notes: {},
  error: null,
}

/**
 * The state of a job after its events, in their order from 1. An event that cannot follow the ones
 * before it is a bug in whoever wrote it, and is thrown. Steps without events are absent.
 */
export function foldJob(events: readonly JobEvent[]): JobState {
  const [first, ...rest] = events
  assert(first?.type === 'queued' && first.seq === 1, 'a journal begins with queued')
  return rest.reduce(nextState, {
    status: 'queued',
    epoch: first.epoch,
    seq: 1,
    queuedAt: first.at,
    startedAt: null,
    endedAt: null,
    by: first.by,
    cancelAsked: false,
    error: null,
    steps: {},
    interruptions: [],
  })
}

/** One more event. A browser that holds a state folds what the socket brings with this. */
export function nextState(state: JobState, event: JobEvent): JobState {
  assert(event.seq === state.seq + 1, `event ${event.seq} follows ${state.seq}`)
  assert(event.epoch >= state.epoch, `epoch ${event.epoch} after ${state.epoch}`)
  const next = { ...state, seq: event.seq, epoch: event.epoch }
  if ('stepId' in event) {
    assert(
      state.status === 'running' || (event.type === 'step-skipped' && isOver(state.status)),
      `${event.type} of ${event.stepId} while ${state.status}`,
    )
    const before = state.steps[event.stepId] ?? PENDING_STEP
    return { ...next, steps: { ...state.steps, [event.stepId]: nextStep(before, event) } }
  }
  return nextJob(next, event)
}

const isOver = (status: JobStatus) =>
  status === 'succeeded' || status === 'failed' || status === 'cancelled'

type OwnEvent = Exclude<JobEvent, { stepId: string }>
type StepEvent = Extract<JobEvent, { stepId: string }>

/** Statuses from which each event of the job itself may come. */
const FROM: Record<OwnEvent['type'], readonly JobStatus[]> = {
  queued: [],
  'approval-asked': ['queued', 'running'],
  approved: ['awaiting-approval', 'queued'],
  claimed: ['queued', 'running'],
  paused: ['queued', 'running'],
  resumed: ['paused', 'running'],
  'cancel-asked': ['queued', 'running', 'paused', 'awaiting-approval'],
  'retry-asked': ['failed', 'cancelled'],
  ended: ['queued', 'running', 'paused', 'awaiting-approval'],
}

function nextJob(state: JobState, event: OwnEvent): JobState {
  assert(FROM[event.type].includes(state.status), `${event.type} while ${state.status}`)
  switch (event.type) {
    case 'queued':
      return state
    case 'approval-asked':
      return { ...state, status: 'awaiting-approval' }
    case 'approved':
      return { ...state, status: 'queued' }
    case 'claimed':
      return { ...state, status: 'running', startedAt: state.startedAt ?? event.at }
    case 'paused':
      return { ...state, status: 'paused' }
    case 'resumed':
      return event.interruptedAt === null
        ? { ...state, status: 'queued' }
        : {
            ...state,
            interruptions: [
              ...state.interruptions,
              { at: event.interruptedAt, resumedAt: event.at },
            ],
          }
    case 'cancel-asked':
      return { ...state, cancelAsked: true }
    case 'retry-asked':
      return { ...state, status: 'queued', cancelAsked: false, endedAt: null, error: null }
    case 'ended':
      return {
        ...state,
        steps: withoutRunning(state.steps),
        status: event.outcome,
        endedAt: event.at,
        cancelAsked: false,
        error:
          event.code === null ? null : { code: event.code, message: event.message ?? event.code },
      }
    default:
      return unreachable(event)
  }
}

/** A step that was cut off is to be done again; its notes tell the next attempt where it was. */
function withoutRunning(steps: JobState['steps']): JobState['steps'] {
  return Object.fromEntries(
    Object.entries(steps).map(([id, step]) => [
      id,
      step.status === 'running' ? { ...step, status: 'pending' as const } : step,
    ]),
  )
}

function nextStep(step: StepState, event: StepEvent): StepState {
  const { stepId, at } = event
  if (event.type === 'step-started') {
    assert(
      step.status !== 'succeeded' && step.status !== 'skipped',
      `${stepId} started after it ${step.status}`,
    )
    const { startedAt } = step.status === 'running' ? step : { startedAt: at }
    return {
      ...step,
      ...{ status: 'running', attempts: step.attempts + 1, startedAt, endedAt: null, error: null },
    }
  }
  if (event.type === 'step-skipped') {
    assert(step.status !== 'running', `${stepId} skipped while running`)
    return { ...step, status: 'skipped', endedAt: at }
  }
  assert(step.status === 'running', `${stepId}: ${event.type} while ${step.status}`)
  switch (event.type) {
    case 'step-noted':
      return { ...step, notes: { ...step.notes, [event.key]: event.value } }
    case 'step-retrying':
      // Notes outlive a crash, not a failure: a retry must not wait for a task that has ended.
      return { ...step, notes: {}, error: { code: event.code, message: event.message } }
    case 'step-succeeded':
      return { ...step, status: 'succeeded', endedAt: at, changed: event.changed, error: null }
    case 'step-failed':
      return {
        ...step,
        ...{ status: 'failed', endedAt: at, notes: {} },
        error: { code: event.code, message: event.message },
      }
    default:
      return unreachable(event)
  }
}

/** How many of a plan's steps are done: succeeded or skipped. */
export const countDone = (state: JobState): number =>
  Object.values(state.steps).filter(({ status }) => status === 'succeeded' || status === 'skipped')
    .length
