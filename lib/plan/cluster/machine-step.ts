import { makeStep } from '../make-step'
import type { Effect, Step, StepArgs, StepKind } from '../step'
import type { Member, WantedCluster } from './wanted'

/** A step on a machine of the cluster, before it is known whether it is needed. */
export const machineStep = <K extends StepKind>(
  { context }: WantedCluster,
  kind: K,
  member: Member,
  args: StepArgs[K],
  rest: { needs: string[]; reason: string; effect?: Effect },
): Step<K> =>
  makeStep(context, kind, args, {
    of: member.vm.id,
    object: ['vms', member.vm.id],
    effect: rest.effect ?? 'prepare',
    needs: rest.needs,
    reason: rest.reason,
  })
