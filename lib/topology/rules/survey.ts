import { type AddressUse, addressUses } from '../address-uses'
import { defaultStorage, disksOf, HOST_DEFAULTS } from '../defaults'
import { nextFree, poolRange, takenAddresses } from '../ipam'
import { type Cidr, type Ipv4, type Ipv4Range, parseCidr } from '../ipv4'
import { POOL_OF_ROLE } from '../resolve'
import type { Cluster, Disk, Host, Network, Nic, Pool, Topology, Vm } from '../topology'
import type { Unmanaged, UnmanagedLoad } from './rule'

/** Everything that rules look up, found once, so that none of them searches the document. */
export type Survey = {
  topology: Topology
  hosts: [id: string, host: Host][]
  networks: SurveyedNetwork[]
  networkById: ReadonlyMap<string, SurveyedNetwork>
  pools: SurveyedPool[]
  poolById: ReadonlyMap<string, SurveyedPool>
  /** In the order of the document. */
  poolsByNetwork: ReadonlyMap<string, SurveyedPool[]>
  vms: SurveyedVm[]
  vmById: ReadonlyMap<string, SurveyedVm>
  nics: SurveyedNic[]
  proxmox: SurveyedHost[]
  clusters: [id: string, cluster: Cluster][]
  uses: AddressUse[]
  taken: ReadonlySet<Ipv4>
  /** Lowest free address of a pool; looked for once. */
  firstFree: (pool: string) => string | null
  unmanaged: Unmanaged
  /** What guests that are not ours take, by host: those seen, and those of the document that were not. */
  loads: ReadonlyMap<string, UnmanagedLoad>
  /** `2026-11-23`: what has ended by then is reported as ended. */
  today: string
}

export type SurveyedNetwork = { id: string; network: Network; block: Cidr | null }
export type SurveyedPool = { id: string; pool: Pool; range: Ipv4Range | null }
export type SurveyedNic = { vm: SurveyedVm; id: string; nic: Nic; path: string[] }

/** A Proxmox host with the VMs that are to be made on it. */
export type SurveyedHost = { id: string; host: Host; vms: SurveyedVm[] }

export type SurveyedVm = {
  id: string
  vm: Vm
  cpus: number | null
  memoryMib: number | null
  host: Host | null
  disks: SurveyedDisk[]
}

export type SurveyedDisk = { id: string; disk: Disk; sizeGib: number | null; storage: string }

export const NOTHING_ELSE: Unmanaged = { guests: [], addresses: [], hosts: {} }

/** Looks at the whole document once. Linear in its size. */
export function surveyTopology(topology: Topology, unmanaged: Unmanaged, today: string): Survey {
  const networks = Object.entries(topology.networks ?? {}).map(([id, network]) => ({
    id,
    network,
    block: parseCidr(network.cidr),
  }))
  const pools = Object.entries(topology.pools ?? {}).map(([id, pool]) => ({
    id,
    pool,
    range: poolRange(pool),
  }))
  const vms = Object.entries(topology.vms ?? {}).map(([id, vm]) => surveyVm(topology, id, vm))
  const taken = takenAddresses(
    topology,
    unmanaged.addresses.map(({ address }) => address),
    today,
  )
  return {
    topology,
    hosts: Object.entries(topology.hosts ?? {}),
    networks,
    networkById: byId(networks),
    pools,
    poolById: byId(pools),
    poolsByNetwork: groupBy(pools, ({ pool }) => pool.network),
    vms,
    vmById: byId(vms),
    nics: vms.flatMap(nicsOf),
    proxmox: surveyHosts(topology, vms),
    clusters: Object.entries(topology.clusters ?? {}),
    uses: addressUses(topology),
    taken,
    firstFree: once((pool: string) => nextFree(topology, pool, taken)),
    unmanaged,
    loads: loadsOf(topology, unmanaged),
    today,
  }
}

/**
 * A guest that is written and was seen counts once, as it was seen; of a container only the document
 * tells on which storage it is.
 */
function loadsOf(topology: Topology, unmanaged: Unmanaged): Map<string, UnmanagedLoad> {
  const seen = new Set(unmanaged.guests.map(({ host, vmid }) => `${host}/${vmid}`))
  const loads = new Map(Object.entries(unmanaged.hosts))
  for (const guest of Object.values(topology.unmanaged ?? {})) {
    if (guest.host === undefined) continue
    const wasSeen = seen.has(`${guest.host}/${guest.vmid}`)
    const load = loads.get(guest.host) ?? { cpus: 0, memoryMib: 0, storages: {} }
    if (wasSeen && (guest.kind !== 'lxc' || load.unplacedGib === undefined)) continue
    const storages: Record<string, number> = { ...load.storages }
    let placed = 0
    for (const { storage, sizeGib } of Object.values(guest.disks ?? {})) {
      const on = storage ?? defaultStorage(topology.hosts?.[guest.host])
      storages[on] = (storages[on] ?? 0) + sizeGib
      placed += sizeGib
    }
    const { unplacedGib = 0 } = load
    loads.set(guest.host, {
      cpus: load.cpus + (wasSeen ? 0 : (guest.cpus ?? 0)),
      memoryMib: load.memoryMib + (wasSeen ? 0 : (guest.memoryMib ?? 0)),
      storages,
      unplacedGib: wasSeen ? Math.max(0, unplacedGib - placed) : unplacedGib,
    })
  }
  return loads
}

function surveyVm(topology: Topology, id: string, vm: Vm): SurveyedVm {
  const size = vm.size === undefined ? undefined : topology.sizes?.[vm.size]
  const host = vm.host === undefined ? undefined : topology.hosts?.[vm.host]
  return {
    id,
    vm,
    cpus: vm.cpus ?? size?.cpus ?? null,
    memoryMib: vm.memoryMib ?? size?.memoryMib ?? null,
    host: host ?? null,
    disks: disksOf(vm).map(([diskId, disk]) => ({
      id: diskId,
      disk,
      sizeGib: disk.sizeGib ?? (disk.kind === 'system' ? (size?.diskGib ?? null) : null),
      storage: disk.storage ?? defaultStorage(host),
    })),
  }
}

function surveyHosts(topology: Topology, vms: readonly SurveyedVm[]): SurveyedHost[] {
  const byHost = groupBy(vms, ({ vm }) => vm.host)
  return Object.entries(topology.hosts ?? {})
    .filter(([, host]) => host.role === 'proxmox')
    .map(([id, host]) => ({ id, host, vms: byHost.get(id) ?? [] }))
}

const nicsOf = (vm: SurveyedVm): SurveyedNic[] =>
  Object.entries(vm.vm.nics ?? {}).map(([id, nic]) => ({
    vm,
    id,
    nic,
    path: ['vms', vm.id, 'nics', id],
  }))

/** The function, asked once for each argument. */
function once<A, R>(find: (argument: A) => R): (argument: A) => R {
  const found = new Map<A, R>()
  return (argument) => {
    if (!found.has(argument)) found.set(argument, find(argument))
    return found.get(argument) as R
  }
}

const byId = <T extends { id: string }>(entries: readonly T[]): Map<string, T> =>
  new Map(entries.map((entry) => [entry.id, entry]))

function groupBy<K, T>(entries: readonly T[], keyOf: (entry: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const entry of entries) {
    const key = keyOf(entry)
    const group = groups.get(key)
    if (group) group.push(entry)
    else groups.set(key, [entry])
  }
  return groups
}

/** The pool that a NIC's address comes from: its own, else the one of the VM's role, else that for plain VMs. */
export function poolOfNic(survey: Survey, { vm, nic }: SurveyedNic): SurveyedPool | null {
  if (nic.pool !== undefined) return survey.poolById.get(nic.pool) ?? null
  const pools = survey.poolsByNetwork.get(nic.network) ?? []
  return (
    pools.find(({ pool }) => pool.purpose === POOL_OF_ROLE[vm.vm.role]) ??
    pools.find(({ pool }) => pool.purpose === POOL_OF_ROLE.plain) ??
    null
  )
}

/** Memory that a host keeps for itself. */
export const reserveOf = (host: Host): number =>
  host.reserveMemoryMib ?? HOST_DEFAULTS.reserveMemoryMib
