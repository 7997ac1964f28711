import type { Change, Json } from './change'
import { nextFree, poolFor, takenAddresses } from './ipam'
import { parseIpv4 } from './ipv4'
import type { Topology } from './topology'

/** What is in use outside of this document: other topologies, and guests that nobody manages. */
export type Taken = {
  vmids: readonly number[]
  addresses: readonly string[]
  macs: readonly string[]
  /** ISO date (UTC): reservations that ended before it are free again. Without one all hold. */
  today?: string
}

/** VMs are numbered from here in the document's order, templates from the other. */
export const FIRST_VMID = 200
export const FIRST_TEMPLATE_VMID = 9000

/**
 * The changes that fill in what is allocated once: VMIDs, addresses and MACs. A VM whose pool is
 * full or missing stays without an address; the rules say so. Equal inputs give equal changes;
 * nothing that is written is ever changed.
 *
 * `newMac(n)` gives the n-th candidate, from 0, such as `BC:24:11:0A:00:01`; taken ones are passed
 * over. Proxmox's own prefix is BC:24:11.
 */
export function allocate(
  topology: Topology,
  taken: Taken,
  newMac: (n: number) => string,
): Change[] {
  return [
    ...allocateVmids(topology, taken.vmids),
    ...allocateAddresses(topology, taken),
    ...allocateMacs(topology, taken.macs, newMac),
  ]
}

const set = (path: string[], to: Json): Change => ({ path, to })

function allocateVmids(topology: Topology, elsewhere: readonly number[]): Change[] {
  const templates = Object.entries(topology.templates ?? {})
  const vms = Object.entries(topology.vms ?? {})
  const used = new Set(elsewhere)
  const guests = Object.entries(topology.unmanaged ?? {})
  for (const [, { vmid }] of [...templates, ...vms, ...guests]) {
    if (vmid !== undefined) used.add(vmid)
  }

  const fill = (
    kind: string,
    objects: [string, { vmid?: number | undefined }][],
    first: number,
  ) => {
    let next = first
    return objects.flatMap(([id, { vmid }]) => {
      if (vmid !== undefined) return []
      while (used.has(next)) next++
      used.add(next)
      return [set([kind, id, 'vmid'], next)]
    })
  }
  return [...fill('templates', templates, FIRST_TEMPLATE_VMID), ...fill('vms', vms, FIRST_VMID)]
}

function allocateAddresses(topology: Topology, elsewhere: Taken): Change[] {
  const taken = takenAddresses(topology, elsewhere.addresses, elsewhere.today)
  const changes: Change[] = []
  for (const [id, vm] of Object.entries(topology.vms ?? {})) {
    for (const [nicId, nic] of Object.entries(vm.nics ?? {})) {
      if (nic.address !== undefined) continue
      const pool = nic.pool ?? poolFor(topology, vm.role, nic.network)
      const address = pool === null ? null : nextFree(topology, pool, taken)
      if (address === null) continue
      taken.add(parseIpv4(address)!)
      changes.push(set(['vms', id, 'nics', nicId, 'address'], address))
    }
  }
  return changes
}

function allocateMacs(
  topology: Topology,
  elsewhere: readonly string[],
  newMac: (n: number) => string,
): Change[] {
  const used = new Set(elsewhere.map((mac) => mac.toUpperCase()))
  const open: string[][] = []
  for (const [id, vm] of Object.entries(topology.vms ?? {})) {
    for (const [nicId, nic] of Object.entries(vm.nics ?? {})) {
      if (nic.mac === undefined) open.push(['vms', id, 'nics', nicId, 'mac'])
      else used.add(nic.mac)
    }
  }
  for (const { mac } of Object.values(topology.reservations ?? {})) {
    if (mac !== undefined) used.add(mac)
  }
  for (const host of Object.values(topology.hosts ?? {})) {
    for (const { mac } of Object.values(host.nics ?? {})) if (mac !== undefined) used.add(mac)
  }
  let n = 0
  return open.map((path) => {
    let mac = newMac(n++).toUpperCase()
    while (used.has(mac)) mac = newMac(n++).toUpperCase()
    used.add(mac)
    return set(path, mac)
  })
}
