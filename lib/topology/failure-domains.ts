import { defaultStorage, disksOf } from './defaults'
import { diskGroupOf } from './disks-below'
import { isOnePlace, storageKey } from './shared-storage'
import type { Topology, Vm } from './topology'

/**
 * What fails together with each VM's data: the physical disk, or the mirror of several, that it lies on (the Longhorn disk
 * where it has one, else the first), as `host/disk`, or the NAS that serves it, which is one for all
 * hosts. One per VM in the given order; a VM without a host is a domain of its own, because nobody
 * knows.
 */
export function domainsOf(topology: Topology, vmIds: readonly string[]): string[] {
  return vmIds.map((id) => {
    const vm = topology.vms?.[id]
    const host = vm?.host === undefined ? undefined : topology.hosts?.[vm.host]
    if (!vm || vm.host === undefined || !host) return `?${id}`
    const storage = storageOf(topology, vm)
    const found = host.storages?.[storage]
    if (found && isOnePlace(found)) return storageKey(topology, vm.host, storage)
    return `${host.failureDomain ?? vm.host}/${diskGroupOf(host, storage)}`
  })
}

/** Storage of the disk that counts. */
function storageOf(topology: Topology, vm: Vm): string {
  const disks = disksOf(vm)
  const [, disk] = disks.find(([, each]) => each.use === 'longhorn') ?? disks[0]!
  return disk.storage ?? defaultStorage(topology.hosts?.[vm.host ?? ''])
}

/** The distinct disks that these VMs stand on. */
export const failureDomains = (topology: Topology, vmIds: readonly string[]): string[] => [
  ...new Set(domainsOf(topology, vmIds)),
]

/** The host of each VM, or what fails with it; one per VM in the given order. */
export const hostDomainsOf = (topology: Topology, vmIds: readonly string[]): string[] =>
  vmIds.map((id) => {
    const host = topology.vms?.[id]?.host
    return host === undefined ? `?${id}` : (topology.hosts?.[host]?.failureDomain ?? host)
  })

/** The distinct hosts, or what fails with them, that these VMs stand on. */
export const hostDomains = (topology: Topology, vmIds: readonly string[]): string[] => [
  ...new Set(hostDomainsOf(topology, vmIds)),
]
