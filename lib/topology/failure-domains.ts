import { defaultStorage, disksOf } from './defaults'
import type { Topology } from './topology'

/**
 * What fails together with each VM: its host's failure domain, and below it the physical disk that
 * its data lies on (the Longhorn disk where it has one, else the first). `host/disk`, one per VM in
 * the given order; a VM without a host is a domain of its own, because nobody knows.
 */
export function domainsOf(topology: Topology, vmIds: readonly string[]): string[] {
  return vmIds.map((id) => {
    const vm = topology.vms?.[id]
    const host = vm?.host === undefined ? undefined : topology.hosts?.[vm.host]
    if (!vm || !host) return `?${id}`
    const disks = disksOf(vm)
    const [, disk] = disks.find(([, each]) => each.use === 'longhorn') ?? disks[0]!
    const storage = disk.storage ?? defaultStorage(host)
    return `${host.failureDomain ?? vm.host}/${host.storages?.[storage]?.disk ?? storage}`
  })
}

/** The distinct disks that these VMs stand on. */
export const failureDomains = (topology: Topology, vmIds: readonly string[]): string[] => [
  ...new Set(domainsOf(topology, vmIds)),
]

/** The distinct hosts, or what fails with them, that these VMs stand on. */
export const hostDomains = (topology: Topology, vmIds: readonly string[]): string[] => [
  ...new Set(domainsOf(topology, vmIds).map((domain) => domain.split('/')[0]!)),
]
