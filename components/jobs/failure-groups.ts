import type { JobState } from '@/lib/jobs/journal'
import type { Step } from '@/lib/plan/step'

export type FailedStep = { step: Step; error: { code: string; message: string } }

/** Steps of one kind that failed for one reason; the first speaks for the others. */
export type FailureGroup = { first: FailedStep; others: FailedStep[] }

/** The failed steps of a job, each cause once: same kind of step and same code. In the plan's order. */
export function groupFailures(steps: readonly Step[], state: JobState): FailureGroup[] {
  const groups = new Map<string, FailureGroup>()
  for (const step of steps) {
    const { status, error } = state.steps[step.id] ?? { status: 'pending', error: null }
    if (status !== 'failed' || error === null) continue
    const key = `${step.kind} ${error.code}`
    const group = groups.get(key)
    if (group) group.others.push({ step, error })
    else groups.set(key, { first: { step, error }, others: [] })
  }
  return [...groups.values()]
}
