import { applyChanges } from '../apply'
import type { Json } from '../change'
import { disksOf } from '../defaults'
import { type Beside, nextFree, poolFor, takenAddresses } from '../ipam'
import { atPath } from '../json'
import { shapeAt } from '../shape'
import type { Disk, Nic, Topology, Vm } from '../topology'

/** The topology with a value at a path. */
const put = (topology: Topology, path: readonly string[], value: unknown): Topology =>
  applyChanges(topology, [{ path, to: value as Json }])

/** The topology without what is at a path. */
const drop = (topology: Topology, path: readonly string[]): Topology =>
  atPath(topology as unknown as Json, path) === undefined
    ? topology
    : applyChanges(topology, [{ path }])

/** Without the keys whose value is undefined: an absent field is never written. */
const written = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T

/** A field of an object that is not there is not written: half an object would be no document. */
export function setField(
  topology: Topology,
  { path, value }: { path: string[]; value: Json },
): Topology {
  const homeless = path.some((_, i) => {
    const owner = path.slice(0, i)
    return (
      i > 0 &&
      shapeAt(owner.slice(0, -1)).kind === 'map' &&
      atPath(topology as unknown as Json, owner) === undefined
    )
  })
  return path.length === 0 || homeless ? topology : put(topology, path, value)
}

export const removeField = (topology: Topology, edit: { path: string[] }): Topology =>
  edit.path.length === 0 ? topology : drop(topology, edit.path)

export const addObject = (
  topology: Topology,
  edit: { collection: string; id: string; value: Json },
): Topology => put(topology, [edit.collection, edit.id], edit.value)

/** Size, template and host default to the first there is, so that a dropped VM is a whole one. */
export function addVm(
  topology: Topology,
  edit: {
    id: string
    role: Vm['role']
    network?: string
    host?: string
    size?: string
    template?: string
  },
  beside: Beside,
): Topology {
  const proxmox = Object.entries(topology.hosts ?? {}).find(([, host]) => host.role === 'proxmox')
  const vm: Vm = written({
    role: edit.role,
    host: edit.host ?? proxmox?.[0],
    template: edit.template ?? Object.keys(topology.templates ?? {})[0],
    size: edit.size ?? Object.keys(topology.sizes ?? {})[0],
  })
  const added = put(topology, ['vms', edit.id], vm)
  return edit.network === undefined
    ? added
    : addNic(added, { vm: edit.id, network: edit.network }, beside)
}

export function duplicateVm(
  topology: Topology,
  edit: { vm: string; id: string },
  beside: Beside,
): Topology {
  const vm = topology.vms?.[edit.vm]
  if (!vm) return topology
  const { vmid: _vmid, name: _name, nics, ...rest } = vm
  const copy: Vm = { ...rest }
  if (nics) copy.nics = Object.fromEntries(Object.entries(nics).map(([id, nic]) => [id, bare(nic)]))
  let result = put(topology, ['vms', edit.id], copy)
  for (const nic of Object.keys(nics ?? {}))
    result = renumberNic(result, { vm: edit.id, nic }, beside)
  return result
}

/** A NIC without what is its own. */
function bare({ address: _address, mac: _mac, ...nic }: Nic): Nic {
  return nic
}

export function moveVm(
  topology: Topology,
  edit: { vm: string; nic: string; network: string },
  beside: Beside,
): Topology {
  const nic = topology.vms?.[edit.vm]?.nics?.[edit.nic]
  if (!nic || nic.network === edit.network) return topology
  const { address: _address, pool: _pool, ...kept } = nic
  const moved = put(topology, ['vms', edit.vm, 'nics', edit.nic], {
    ...kept,
    network: edit.network,
  })
  return renumberNic(moved, edit, beside)
}

/** Without a pool, or with a full one, the NIC is left without an address; a rule says so. */
export function renumberNic(
  topology: Topology,
  edit: { vm: string; nic: string },
  { addresses, today }: Beside,
): Topology {
  const vm = topology.vms?.[edit.vm]
  const nic = vm?.nics?.[edit.nic]
  if (!vm || !nic) return topology
  const path = ['vms', edit.vm, 'nics', edit.nic, 'address']
  const pool = nic.pool ?? poolFor(topology, vm.role, nic.network)
  const taken = takenAddresses(topology, addresses, today)
  const address = pool === null ? null : nextFree(topology, pool, taken)
  return address === null ? drop(topology, path) : put(topology, path, address)
}

export function resizeVm(topology: Topology, edit: { vm: string; size: string }): Topology {
  const vm = topology.vms?.[edit.vm]
  if (!vm) return topology
  const { cpus: _cpus, memoryMib: _memory, ...rest } = vm
  return put(topology, ['vms', edit.vm], { ...rest, size: edit.size })
}

/** Storages that the new host does not have, and GPUs, which stay where they are, are let go. */
export function placeVm(topology: Topology, edit: { vm: string; host: string }): Topology {
  const vm = topology.vms?.[edit.vm]
  if (!vm) return topology
  const { gpus: _gpus, ...rest } = vm
  const storages = topology.hosts?.[edit.host]?.storages ?? {}
  const moved: Vm = { ...rest, host: edit.host }
  if (vm.disks) {
    const fits = (disk: Disk): Disk => {
      const { storage, ...kept } = disk
      return storage !== undefined && Object.hasOwn(storages, storage) ? disk : kept
    }
    moved.disks = Object.fromEntries(Object.entries(vm.disks).map(([id, disk]) => [id, fits(disk)]))
  }
  return put(topology, ['vms', edit.vm], moved)
}

export function addNic(
  topology: Topology,
  edit: { vm: string; network: string },
  beside: Beside,
): Topology {
  const vm = topology.vms?.[edit.vm]
  if (!vm) return topology
  const nic = numbered(vm.nics, edit.network)
  const added = put(topology, ['vms', edit.vm, 'nics', nic], { network: edit.network })
  return renumberNic(added, { vm: edit.vm, nic }, beside)
}

export function addDisk(
  topology: Topology,
  edit: { vm: string; sizeGib: number; storage?: string; use?: Disk['use'] },
): Topology {
  const vm = topology.vms?.[edit.vm]
  if (!vm) return topology
  const disk = written({
    kind: 'data',
    sizeGib: edit.sizeGib,
    storage: edit.storage,
    use: edit.use,
  })
  const disks = Object.fromEntries(disksOf(vm))
  const id = numbered(disks, edit.use ?? 'data')
  return put(topology, ['vms', edit.vm, 'disks', id], disk)
}

/** `base`, or the first of `base-2` ... that is free. */
function numbered(taken: Readonly<Record<string, unknown>> | undefined, base: string): string {
  let id = base
  for (let n = 2; taken && Object.hasOwn(taken, id); n++) id = `${base}-${n}`
  return id
}

export const addNetwork = (
  topology: Topology,
  { id, cidr, vlan, gateway }: { id: string; cidr: string; vlan?: number; gateway?: string },
): Topology => put(topology, ['networks', id], written({ cidr, vlan, gateway }))

export const addPool = (
  topology: Topology,
  {
    id,
    network,
    from,
    to,
    purpose,
  }: { id: string; network: string; from: string; to: string; purpose: string },
): Topology => put(topology, ['pools', id], { network, from, to, purpose })

export function enableAddOn(
  topology: Topology,
  edit: { cluster: string; addOn: string },
): Topology {
  const cluster = topology.clusters?.[edit.cluster]
  if (!cluster) return topology
  const path = ['clusters', edit.cluster, 'addOns', edit.addOn]
  if (!cluster.addOns?.[edit.addOn]) return put(topology, path, {})
  return drop(topology, [...path, 'enabled'])
}

export const disableAddOn = (
  topology: Topology,
  edit: { cluster: string; addOn: string },
): Topology =>
  topology.clusters?.[edit.cluster]?.addOns?.[edit.addOn]
    ? put(topology, ['clusters', edit.cluster, 'addOns', edit.addOn, 'enabled'], false)
    : topology

type Acknowledged = NonNullable<Topology['acknowledged']>[number]

const isAbout = (each: Acknowledged, edit: { code: string; path: string[] }) =>
  each.code === edit.code && each.path.join('/') === edit.path.join('/')

export function acknowledge(
  topology: Topology,
  { code, path, by, reason }: { code: string; path: string[]; by: string; reason: string },
): Topology {
  const others = (topology.acknowledged ?? []).filter((each) => !isAbout(each, { code, path }))
  return put(topology, ['acknowledged'], [...others, { code, path, by, reason }])
}

export function withdraw(topology: Topology, edit: { code: string; path: string[] }): Topology {
  const kept = (topology.acknowledged ?? []).filter((each) => !isAbout(each, edit))
  return kept.length === 0
    ? drop(topology, ['acknowledged'])
    : put(topology, ['acknowledged'], kept)
}
