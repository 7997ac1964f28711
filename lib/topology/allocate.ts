import { addressUses } from './address-uses'
import type { Change, Json } from './change'
import { isKept, networkOf, nextFree, poolFor, takenAddresses } from './ipam'
import { parseIpv4 } from './ipv4'
import type { Nic, Topology } from './topology'

/** What is in use outside of this document: other topologies, and guests that nobody manages. */
export type Taken = {
  vmids: readonly number[]
  addresses: readonly string[]
  macs: readonly string[]
  /** ISO date (UTC): reservations that ended before it are free again. Without one all hold. */
  today?: string
}

/** So many MACs that are taken in a row mean that their source repeats itself, not bad luck. */
const CANDIDATES_MOST = 1000

/** VMs are numbered from here in the document's order, templates from the other. */
export const FIRST_VMID = 200
export const FIRST_TEMPLATE_VMID = 9000

/**
 * The changes that fill in what is allocated once: VMIDs, addresses and MACs. A VM whose pool is
 * full or missing stays without an address; the rules say so. Equal inputs give equal changes;
 * nothing that is written is ever changed.
 *
 * `newMac(n)` gives the n-th candidate, from 0, such as `BC:24:11:0A:00:01`; taken ones are passed
 * over, and what has tried {@link CANDIDATES_MOST} of them in a row stays without; no plan is made of a VM without one.
 * Proxmox's own prefix is BC:24:11.
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
    // An adopted VM has an address already, written here or not.
    if (vm.adopted) continue
    for (const [nicId, nic] of Object.entries(vm.nics ?? {})) {
      if (nic.address !== undefined) continue
      const pool = nic.pool ?? poolFor(topology, vm.role, nic.network)
      const address =
        keptFor(topology, nic, elsewhere.today) ??
        (pool === null ? null : nextFree(topology, pool, taken))
      if (address === null) continue
      taken.add(parseIpv4(address)!)
      changes.push(set(['vms', id, 'nics', nicId, 'address'], address))
    }
  }
  return changes
}

/** The address that is reserved for the MAC of this NIC, in its network; null without one. */
function keptFor(topology: Topology, nic: Nic, today: string | undefined): string | null {
  if (nic.mac === undefined) return null
  const used = () => new Set(addressUses(topology).map(({ text }) => text))
  const mine = Object.values(topology.reservations ?? {}).find(
    (kept) =>
      kept.mac === nic.mac &&
      isKept(kept, today) &&
      networkOf(topology, kept.address) === nic.network,
  )
  return mine === undefined || used().has(mine.address) ? null : mine.address
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
  return open.flatMap((path) => {
    let mac = newMac(n++).toUpperCase()
    for (let tries = 1; used.has(mac); tries++) {
      if (tries === CANDIDATES_MOST) return []
      mac = newMac(n++).toUpperCase()
    }
    used.add(mac)
    return [set(path, mac)]
  })
}
