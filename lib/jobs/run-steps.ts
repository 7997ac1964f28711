import { longestRemaining } from '@/lib/dag/critical-path'
import { type DagNode, readyNodes } from '@/lib/dag/dag'
import { type Claims, Gate } from '@/lib/dag/gate'
import type { JobOutcome, StepState } from './journal'
import { type RetryRule, runStep } from './run-step'
import type { StepHand, StepRecord } from './step-record'

export type RunOptions<S extends DagNode> = {
  /** Does one step. Reports whether it had to change anything. May be called again after a crash. */
  perform(step: S, hand: StepHand): Promise<{ changed: boolean }>
  /** Makes an event durable. Awaited before the run goes on. */
  record(event: StepRecord): Promise<void>
  /** What earlier runs of this job left, from its journal. Succeeded and skipped steps are done. */
  history: Readonly<Record<string, StepState>>
  /** What a step holds while it runs. */
  claimsOf(step: S): Claims
  /** Expected duration; decides who goes first. */
  durationOf(step: S): number
  retry: RetryRule
  /** Resolves after so long, or at once when aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** Aborting starts nothing new and is passed on to the steps in flight. */
  signal: AbortSignal
}

/**
 * Runs steps as their needs are met, the one with the longest chain behind it first, within locks
 * and limits. A step that fails holds up only what needs it; the other branches go on, so that an
 * add-on fails alone. Throws only on a bug, once nothing is in flight: a step's own failure is an
 * event and an outcome. Resolves `cancelled` when aborted before all was done.
 */
export async function runSteps<S extends DagNode>(
  steps: readonly S[],
  options: RunOptions<S>,
): Promise<JobOutcome> {
  const { history, claimsOf, durationOf, signal } = options
  const done = new Set(steps.map((step) => step.id).filter((id) => isDone(history[id])))
  const begun = new Set(done)
  const remaining = longestRemaining(steps, durationOf)
  const gate = new Gate()
  const inFlight = new Set<Promise<void>>()
  let bug: { error: unknown } | null = null
  let changed = deferred()

  const begin = (step: S, claims: Claims) => {
    begun.add(step.id)
    const released = new Set<string>()
    const attempt = runStep(step, options, (lock) => {
      if (!claims.locks.includes(lock) || released.has(lock)) return
      released.add(lock)
      gate.release(lock)
      changed.resolve()
    })
      .then((ok) => {
        if (ok) done.add(step.id)
      })
      .catch((error: unknown) => {
        bug ??= { error }
      })
      .finally(() => {
        gate.leave(claims, released)
        inFlight.delete(attempt)
        changed.resolve()
      })
    inFlight.add(attempt)
  }

  for (;;) {
    changed = deferred()
    if (bug === null && !signal.aborted) {
      const ready = readyNodes(steps, begun, done)
      ready.sort((a, b) => (remaining.get(b.id) ?? 0) - (remaining.get(a.id) ?? 0))
      for (const step of ready) {
        const claims = claimsOf(step)
        if (gate.tryEnter(claims)) begin(step, claims)
      }
    }
    if (inFlight.size === 0) break
    await changed.promise
  }

  if (bug !== null) throw (bug as { error: unknown }).error
  if (done.size === steps.length) return 'succeeded'
  return signal.aborted ? 'cancelled' : 'failed'
}

const isDone = (state: StepState | undefined) =>
  state?.status === 'succeeded' || state?.status === 'skipped'

function deferred(): { promise: Promise<void>; resolve(): void } {
  let resolve = () => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
