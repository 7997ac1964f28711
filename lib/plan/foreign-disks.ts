import type { DiskSpec, ObservedVm } from './observed'
import type { Refused } from './plan'

/**
 * Disks that somebody added in Proxmox: ours are the first one without a serial, which is the
 * system disk, and data disks, which have one. Deleting the VM would delete them.
 */
export const foreignDisks = (seen: ObservedVm): DiskSpec[] =>
  seen.spec.disks.filter((disk) => disk.kind === 'system').slice(1)

/** Why a VM cannot go away (`rebuilt`, `destroyed`) while disks of somebody else are on it. */
export function foreignDiskRefusals(
  name: string,
  object: readonly string[],
  seen: ObservedVm,
  done: string,
): Refused[] {
  return foreignDisks(seen).map((disk) => ({
    code: 'plan.foreign-disk',
    message: `${name} cannot be ${done} - ${disk.slot} (${disk.sizeGib} GiB on ${disk.storage}) was added in Proxmox and would be deleted with it - reassign it to another machine there, or detach and remove it.`,
    object,
  }))
}
