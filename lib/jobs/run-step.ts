import { PanelError } from '@/lib/base/errors'
import type { DagNode } from '@/lib/dag/dag'
import type { RunOptions } from './run-steps'

/** How often a transient failure is tried again, and how long is waited before. */
export type RetryRule = {
  /** Tries in all, the first included. */
  attempts: number
  firstDelayMs: number
  /** Each delay is twice the one before, up to this. */
  maxDelayMs: number
}

/** For a real homelab: 2, 4, 8, 16 s; then a person decides. */
export const DEFAULT_RETRY: RetryRule = { attempts: 5, firstDelayMs: 2000, maxDelayMs: 60_000 }

/** Milliseconds to wait after the given try, from 1. */
export const delayAfter = (attempt: number, { firstDelayMs, maxDelayMs }: RetryRule): number =>
  Math.min(maxDelayMs, firstDelayMs * 2 ** (attempt - 1))

/**
 * One step from start to its end in the journal; transient failures are tried again first. Answers
 * whether it succeeded. Cut off by the signal it answers false and leaves the step as running, so
 * that whoever carries on finds its notes.
 */
export async function runStep<S extends DagNode>(
  step: S,
  options: RunOptions<S>,
  release: (lock: string) => void,
): Promise<boolean> {
  const { perform, record, retry, sleep, signal, history } = options
  const stepId = step.id
  let notes = new Map(Object.entries(history[stepId]?.notes ?? {}))
  await record({ type: 'step-started', stepId })
  for (let attempt = 1; ; attempt++) {
    try {
      const { changed } = await perform(step, {
        notes: {
          get: (key) => notes.get(key),
          async set(key, value) {
            notes.set(key, value)
            await record({ type: 'step-noted', stepId, key, value })
          },
        },
        ...{ release, signal, attempt },
      })
      await record({ type: 'step-succeeded', stepId, changed })
      return true
    } catch (error) {
      if (signal.aborted) return false
      if (!(error instanceof PanelError)) throw error
      const { code, message } = error
      if (!error.transient || attempt >= retry.attempts) {
        await record({ type: 'step-failed', stepId, code, message })
        return false
      }
      const delayMs = delayAfter(attempt, retry)
      await record({ type: 'step-retrying', stepId, code, message, delayMs })
      notes = new Map()
      await sleep(delayMs, signal)
      if (signal.aborted) return false
    }
  }
}
