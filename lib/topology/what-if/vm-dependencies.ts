import { defaultStorage, disksOf } from '../defaults'
import { listed } from '../rules/rule'
import { isShared } from '../shared-storage'
import type { Topology, UnmanagedGuest, Vm } from '../topology'
import type { GraphMaker, ThingId } from './graph'
import { guestsOf, storageThing, takerOf } from './machine-dependencies'
import { type Answers, resolversOf, routerOf } from './network-dependencies'

/** VMs with their disks, and guests that are not ours. */
export function addGuests(topology: Topology, graph: GraphMaker, answers: Answers): void {
  for (const [id, vm] of Object.entries(topology.vms ?? {})) {
    const thing = `vms/${id}`
    graph.add(thing, 'vm', vm.name ?? id)
    runsOn(topology, graph, thing, vm)
    addDisks(topology, graph, thing, vm)
    hangsIn(topology, graph, thing, vm, answers)
    isBackedUp(topology, graph, thing, vm)
  }
  for (const [id, guest] of Object.entries(topology.unmanaged ?? {})) {
    addUnmanaged(topology, graph, id, guest)
  }
}

function runsOn(topology: Topology, graph: GraphMaker, thing: ThingId, vm: Vm): void {
  if (vm.host === undefined) return
  const takers = takersOf(topology, vm)
  graph.need(thing, {
    of: [guestsOf(vm.host), ...takers.map(takerOf)],
    atLeast: 1,
    else: 'stops',
    moves: true,
    why: (gone) => `runs on ${gone[0]}`,
    ...(takers.length === 0 ? {} : { spare: () => 'has no host left that could take it over' }),
  })
}

/**
 * Hosts on which Proxmox can start a VM again: under HA, with every disk on a storage that they have
 * as well, and nothing of its own host passed through. Empty where HA does nothing.
 */
export function takersOf(topology: Topology, vm: Vm): string[] {
  const home = vm.host === undefined ? undefined : topology.hosts?.[vm.host]
  if (whyNotMoved(topology, vm) !== null || home?.connection === undefined) return []
  return Object.entries(topology.hosts ?? {})
    .filter(
      ([id, host]) =>
        id !== vm.host &&
        host.role === 'proxmox' &&
        host.connection === home.connection &&
        (vm.ha?.hosts?.includes(id) ?? true) &&
        disksOf(vm).every(([, disk]) => host.storages?.[disk.storage ?? defaultStorage(home)]),
    )
    .map(([id]) => id)
}

/** Why Proxmox does not start a VM on another host, in words that follow its name; null if it does. */
export function whyNotMoved(topology: Topology, vm: Vm): string | null {
  const host = vm.host === undefined ? undefined : topology.hosts?.[vm.host]
  if (!vm.ha || (vm.ha.state ?? 'started') !== 'started') return 'is not under HA'
  if ((vm.gpus ?? []).length + (vm.devices ?? []).length > 0) {
    return 'has a device of its host passed through'
  }
  const local = disksOf(vm).find(([, disk]) => {
    const storage = host?.storages?.[disk.storage ?? defaultStorage(host)]
    return !storage || !isShared(storage)
  })
  return local ? `has its disk ${local[0]} on ${vm.host} alone` : null
}

function addDisks(topology: Topology, graph: GraphMaker, thing: ThingId, vm: Vm): void {
  const host = vm.host === undefined ? undefined : topology.hosts?.[vm.host]
  for (const [id, disk] of disksOf(vm)) {
    const own = `${thing}/disks/${id}`
    graph.add(own, 'vm-disk', `disk ${id} of ${thing.slice(4)}`)
    if (vm.host === undefined) continue
    const of = [storageThing(topology, vm.host, disk.storage ?? defaultStorage(host))]
    const why = (gone: readonly string[]) => `lies on ${listed(gone)}`
    graph.need(own, { of, atLeast: 1, else: 'stops', why })
    graph.need(thing, {
      of: [own],
      atLeast: 1,
      else: 'stops',
      why: (gone) => `cannot run without ${listed(gone)}`,
    })
  }
}

/** Its networks, and what it gets from the one that its default route leads over. */
function hangsIn(
  topology: Topology,
  graph: GraphMaker,
  thing: ThingId,
  vm: Vm,
  answers: Answers,
): void {
  const ids = [...new Set(Object.values(vm.nics ?? {}).map(({ network }) => network))]
  if (ids.length === 0) return
  graph.need(thing, {
    of: ids.map((id) => `networks/${id}`),
    atLeast: 1,
    else: 'stops',
    cuts: true,
    why: (gone) => `runs on and is reached by nobody, its NIC is in ${listed(gone)}`,
    spare: (gone) => `loses its NIC in ${listed(gone)}`,
  })
  const network = ids.map((id) => topology.networks?.[id]).find((each) => each?.gateway)
  if (!network) return
  const router = routerOf(network, answers)
  if (router !== null) {
    graph.need(thing, {
      of: [router],
      atLeast: 1,
      else: 'degrades',
      why: (gone) => `is reached from its own network only, ${listed(gone)} is its way out`,
    })
  }
  // A machine does not wait for itself.
  const resolvers = resolversOf(topology, network, answers).filter((each) => each !== thing)
  if (resolvers.length === 0) return
  graph.need(thing, {
    of: resolvers,
    atLeast: 1,
    else: 'degrades',
    why: (gone) => `resolves no names without ${listed(gone)}`,
  })
}

function isBackedUp(topology: Topology, graph: GraphMaker, thing: ThingId, { backup, host }: Vm) {
  const of = [
    ...(backup?.service === undefined ? [] : [`services/${backup.service}`]),
    ...(backup?.storage === undefined || host === undefined
      ? []
      : [storageThing(topology, host, backup.storage)]),
  ]
  for (const each of of) {
    graph.need(thing, {
      of: [each],
      atLeast: 1,
      else: 'degrades',
      why: (gone) => `is no longer backed up to ${listed(gone)}`,
    })
  }
}

function addUnmanaged(
  topology: Topology,
  graph: GraphMaker,
  id: string,
  { name, host, disks, network }: UnmanagedGuest,
): void {
  const thing = `unmanaged/${id}`
  graph.add(thing, 'unmanaged', name ?? id)
  if (host !== undefined) {
    graph.need(thing, {
      of: [guestsOf(host)],
      atLeast: 1,
      else: 'stops',
      why: (gone) => `runs on ${listed(gone)}`,
    })
    for (const { storage } of Object.values(disks ?? {})) {
      if (storage === undefined) continue
      graph.need(thing, {
        of: [storageThing(topology, host, storage)],
        atLeast: 1,
        else: 'stops',
        why: (gone) => `has its disk on ${listed(gone)}`,
      })
    }
  }
  if (network !== undefined) {
    graph.need(thing, {
      of: [`networks/${network}`],
      atLeast: 1,
      else: 'stops',
      cuts: true,
      why: (gone) => `runs on and is reached by nobody in ${listed(gone)}`,
    })
  }
}
