import type { ObservedVm, Seen } from '@/lib/plan/observed'
import { whyNotRebuild } from '@/lib/plan/why-not'
import type { Topology } from '@/lib/topology/topology'

export const VM_ACTIONS = ['start', 'stop', 'restart', 'rebuild', 'destroy'] as const
export type VmAction = (typeof VM_ACTIONS)[number]

/** Why an action makes no sense for a VM as it was seen; null where it does. The plan has the last word. */
export function whyNotAct(
  action: VmAction,
  topology: Topology,
  vm: string,
  seen: Seen<ObservedVm> | undefined,
): string | null {
  const name = topology.vms?.[vm]?.name ?? vm
  if (!seen) return `${name} was not looked at yet.`
  if (seen.state === 'unknown') return `Nobody knows how ${name} is: ${seen.reason}.`
  if (seen.state === 'absent')
    return action === 'destroy'
      ? `${name} does not exist.`
      : `${name} does not exist yet; a deploy makes it.`
  if (!topology.vms?.[vm] && action !== 'destroy')
    return `${name} left the drawing; only Destroy is left for it.`
  const { running, lock } = seen.value
  if (lock !== null) return `${name} is locked by Proxmox: ${lock}.`
  if (action === 'destroy') return null
  if (action === 'rebuild') return whyNotRebuild(topology, vm)
  if (action === 'start') return running ? `${name} runs already.` : null
  return running ? null : `${name} does not run.`
}

/** The button's words with its effect: "Restart w1". */
export const actionLabel = (action: VmAction, name: string): string =>
  `${action.slice(0, 1).toUpperCase()}${action.slice(1)} ${name}`
