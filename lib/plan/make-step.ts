import type { PlanContext } from './context'
import type { Effect, Step, StepArgs, StepKind } from './step'
import { secondsOf } from './step-seconds'

export type StepParts = {
  /** The object's id, or whatever tells two steps of a kind apart. */
  of: string
  object: readonly string[]
  needs?: readonly (string | null)[]
  reason: string
  effect: Effect
  locks?: readonly string[]
}

/** A step whose id is `kind:of`. Needs that are null (nothing to wait for) are left out. */
export function makeStep<K extends StepKind>(
  context: Pick<PlanContext, 'durations'>,
  kind: K,
  args: StepArgs[K],
  { of, object, needs = [], reason, effect, locks = [] }: StepParts,
): Step<K> {
  return {
    id: `${kind}:${of}`,
    kind,
    args,
    needs: needs.filter((need) => need !== null),
    reason,
    object,
    effect,
    etaS: secondsOf(kind, context),
    locks,
  } as unknown as Step<K>
}

/** Lock on the allocation of volumes: Proxmox gives up waiting for it after 10 s (facts, "Locks"). */
export const storageLock = (at: { connection: string; node: string }, storage: string): string =>
  `storage:${at.connection}/${at.node}/${storage}`
