import type { Observed } from '@/lib/plan/observed'
import type { Topology } from '@/lib/topology/topology'
import { pages } from './paths'
import type { Cause, Watched } from './status-causes'

/**
 * VMs that QEMU stopped at a write that failed, one cause for those whose disks are on the same
 * storages (traps T8): at Proxmox they are still "running".
 */
export function frozenCauses(
  { id, busy }: Pick<Watched, 'id' | 'busy'>,
  applied: Topology,
  observed: Observed,
): Cause[] {
  const byStorage = new Map<string, string[]>()
  for (const [vmId, vm] of Object.entries(applied.vms ?? {})) {
    const seen = observed.vms[vmId]
    if (seen?.state !== 'known' || !seen.value.ioError || busy.has(`vms/${vmId}`)) continue
    const storages = [...new Set(seen.value.spec.disks.map(({ storage }) => storage))].sort()
    const key = storages.join(' or ')
    byStorage.set(key, [...(byStorage.get(key) ?? []), vm.name ?? vmId])
  }
  return [...byStorage].map(([storage, names]) => ({
    level: 'fail',
    sentence: `${names.length === 1 ? `${names[0]} is` : `${names.length} VMs are`} frozen by an I/O error: storage ${storage} is full or does not answer.`,
    takes: names,
    since: null,
    canWait:
      'No: nothing runs in them. Make room or bring the disk back, then resume or restart each.',
    action: { label: 'Look at its machines', href: pages.machines(id) },
  }))
}
