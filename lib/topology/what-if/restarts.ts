import { HOST_DEFAULTS } from '../defaults'
import { formatQuantity } from '../parse-quantity'
import type { Topology } from '../topology'
import type { ThingId } from './graph'
import { hostId } from './machine-dependencies'
import { canBePlaced } from './packing'
import type { Fates } from './settle'
import { takersOf } from './vm-dependencies'

/**
 * VMs that Proxmox starts on other hosts, and whether these have the memory. Proxmox starts them in
 * any case: its scheduler counts, and refuses nothing (Proxmox VE administration guide, Cluster
 * Resource Scheduling).
 */
export type Restarts = {
  vms: readonly string[]
  memoryMib: number
  /** Memory that is promised to nobody on the hosts that take over; null where one does not say its memory. */
  freeMib: number | null
  /** Null where it is not known. */
  fits: boolean | null
  words: string
}

/** Memory of a VM in MiB, its size looked up; 0 if the document leaves it open. */
export function vmMemory(topology: Topology, id: string): number {
  const vm = topology.vms?.[id]
  const size = vm?.size === undefined ? undefined : topology.sizes?.[vm.size]
  return vm?.memoryMib ?? size?.memoryMib ?? 0
}

/** Memory of a host that no guest of the document was promised, in MiB; null if it does not say its own. */
export function freeMemory(topology: Topology, hostIdOfDocument: string): number | null {
  const host = topology.hosts?.[hostIdOfDocument]
  if (host?.memoryMib === undefined) return null
  const vms = Object.entries(topology.vms ?? {}).filter(([, vm]) => vm.host === hostIdOfDocument)
  const others = Object.values(topology.unmanaged ?? {}).filter(
    (guest) => guest.host === hostIdOfDocument,
  )
  const promised =
    vms.reduce((sum, [id]) => sum + vmMemory(topology, id), 0) +
    others.reduce((sum, guest) => sum + (guest.memoryMib ?? 0), 0)
  return host.memoryMib - (host.reserveMemoryMib ?? HOST_DEFAULTS.reserveMemoryMib) - promised
}

const isUp = (fates: Fates, id: ThingId) => fates.get(id)?.state !== 'stops'

/** Null if nothing restarts elsewhere. */
export function restartsOf(topology: Topology, fates: Fates): Restarts | null {
  const vms = [...fates].flatMap(([id, { state }]) => (state === 'restarts' ? id.slice(4) : []))
  if (vms.length === 0) return null
  const parcels = vms.map((id) => ({
    memoryMib: vmMemory(topology, id),
    hosts: takersOf(topology, topology.vms![id]!).filter((host) => isUp(fates, hostId(host))),
  }))
  const takers = new Set(parcels.flatMap((parcel) => parcel.hosts))
  const memoryMib = vms.reduce((sum, id) => sum + vmMemory(topology, id), 0)
  const free = [...takers].map((id) => freeMemory(topology, id))
  const hosts = [...takers].join(', ')
  const needed = `${mib(memoryMib)} of memory are needed`
  if (free.includes(null)) {
    const words = `${needed}, and what is free on ${hosts} is not known.`
    return { vms, memoryMib, freeMib: null, fits: null, words }
  }
  const room = new Map([...takers].map((id, i) => [id, Math.max(0, free[i] ?? 0)]))
  const freeMib = [...room.values()].reduce((sum, each) => sum + each, 0)
  const fits = memoryMib <= freeMib && canBePlaced(parcels, room)
  const words = fits
    ? `${needed} and ${mib(freeMib)} are free on ${hosts}: it fits.`
    : `${needed} and ${mib(freeMib)} are free on ${hosts}${memoryMib <= freeMib ? ', in pieces too small' : ''}: it does not fit, and Proxmox starts them all the same until the kernel kills some.`
  return { vms, memoryMib, freeMib, fits, words }
}

const mib = (value: number) => formatQuantity(value, 'MiB')
