import { foldJob, nextState, PENDING_STEP } from '@/lib/jobs/fold'
import type { JobEvent, JobState, StepState } from '@/lib/jobs/journal'
import type { Step } from '@/lib/plan/step'

/** A state and how many of the events it holds. */
export type Folded = { events: readonly JobEvent[]; state: JobState | null }

/**
 * The state after `events`, going on from what was folded before when it is their beginning, so
 * that a long job costs no more per event than a short one.
 */
export function advance(held: Folded, events: readonly JobEvent[]): Folded {
  if (events === held.events) return held
  const done = held.events.length
  const goesOn =
    held.state !== null && events.length >= done && events[done - 1]?.seq === held.state.seq
  if (!goesOn) return { events, state: events.length > 0 ? foldJob(events) : null }
  return { events, state: events.slice(done).reduce(nextState, held.state as JobState) }
}

export const stepState = (state: JobState | null, id: string): StepState =>
  state?.steps[id] ?? PENDING_STEP

/** How a group of steps is as a whole: the gravest first, running before waiting. */
export function groupStatus(steps: readonly Step[], state: JobState | null): StepState['status'] {
  const all = steps.map((step) => stepState(state, step.id).status)
  for (const status of ['failed', 'running'] as const) if (all.includes(status)) return status
  if (all.every((status) => status === 'succeeded' || status === 'skipped')) return 'succeeded'
  return 'pending'
}

/**
 * What is left by estimate in milliseconds: the longest chain of unfinished steps, or the work that
 * waits for one lock, whichever is longer. A step that overran its estimate counts as nearly done.
 */
export function remainingMs(steps: readonly Step[], state: JobState | null, now: number): number {
  const left = new Map<string, number>()
  const byLock = new Map<string, number>()
  for (const step of steps) {
    const each = stepState(state, step.id)
    const over = each.status === 'succeeded' || each.status === 'skipped'
    const spent = each.status === 'running' && each.startedAt !== null ? now - each.startedAt : 0
    const own = over ? 0 : Math.max(1000, step.etaS * 1000 - spent)
    left.set(step.id, own)
    for (const lock of step.locks) byLock.set(lock, (byLock.get(lock) ?? 0) + own)
  }
  const chain = new Map<string, number>()
  const longest = (id: string): number => {
    const known = chain.get(id)
    if (known !== undefined) return known
    const step = byId.get(id)
    const before = Math.max(0, ...(step?.needs ?? []).map(longest))
    const total = before + (left.get(id) ?? 0)
    chain.set(id, total)
    return total
  }
  const byId = new Map(steps.map((step) => [step.id, step]))
  return Math.max(0, ...steps.map((step) => longest(step.id)), ...byLock.values())
}

/** Why the job last asked for approval, null if it did not since it was last approved. */
export function approvalReason(events: readonly JobEvent[]): string | null {
  const last = events.findLast(
    (event) => event.type === 'approval-asked' || event.type === 'approved',
  )
  return last?.type === 'approval-asked' ? last.reason : null
}

/** One line of the journal, as a person reads it. */
export function eventText(event: JobEvent, title: (stepId: string) => string): string {
  switch (event.type) {
    case 'queued':
      return `Queued by ${event.by}`
    case 'approval-asked':
      return `Asked for approval: ${event.reason}`
    case 'approved':
      return `Approved by ${event.by}`
    case 'claimed':
      return 'Taken up'
    case 'paused':
      return `Paused by ${event.by}`
    case 'resumed':
      return event.interruptedAt === null
        ? `Resumed by ${event.by}`
        : 'Went on after an interruption'
    case 'cancel-asked':
      return `Cancel asked by ${event.by}`
    case 'retry-asked':
      return `Retry asked by ${event.by}`
    case 'ended':
      return event.message === null
        ? `Job ${event.outcome}`
        : `Job ${event.outcome}: ${event.message}`
    case 'step-started':
      return `Started: ${title(event.stepId)}`
    case 'step-noted':
      return `Noted ${event.key} for: ${title(event.stepId)}`
    case 'step-retrying':
      return `Tries again: ${title(event.stepId)} - ${event.message}`
    case 'step-succeeded':
      return `${event.changed ? 'Done' : 'Was so already'}: ${title(event.stepId)}`
    case 'step-failed':
      return `Failed: ${title(event.stepId)} - ${event.message}`
    case 'step-skipped':
      return `Skipped by ${event.by}: ${title(event.stepId)} - ${event.reason}`
  }
}
