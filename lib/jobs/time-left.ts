import { simulate } from '@/lib/dag/simulate'
import { claimsOf, lockedSeconds } from '@/lib/plan/claims'
import type { Plan } from '@/lib/plan/plan'
import type { Step } from '@/lib/plan/step'
import type { JobState } from './journal'

/** Milliseconds left of a running job by estimate: what is done counts nothing, what runs its rest. */
export function timeLeft(plan: Plan, state: JobState, now: number): number {
  const left = new Map(plan.steps.map((step) => [step.id, secondsLeft(step, state, now)]))
  const durationOf = (step: Step) => left.get(step.id) ?? 0
  const lockedFor = (step: Step) => Math.min(lockedSeconds(step), durationOf(step))
  return Math.round(simulate(plan.steps, { durationOf, claimsOf, lockedFor }) * 1000)
}

function secondsLeft(step: Step, state: JobState, now: number): number {
  const seen = state.steps[step.id]
  if (seen?.status === 'succeeded' || seen?.status === 'skipped') return 0
  if (seen?.status !== 'running' || seen.startedAt === null) return step.etaS
  return Math.max(0, step.etaS - (now - seen.startedAt) / 1000)
}
