import { disksBelow, type OnDisks } from '../disks-below'
import { listed } from '../rules/rule'
import { isShared } from '../shared-storage'
import type { Host, Topology } from '../topology'
import type { GraphMaker, ThingId } from './graph'
import { placeThing } from './places'
import { PASSED_ON } from './reasons'
import { wayOf } from './wiring'

export const hostId = (host: string): ThingId => `hosts/${host}`
/** The host as far as it runs guests: it does not while it restarts itself for want of a quorum. */
export const guestsOf = (host: string): ThingId => `guests:${host}`
/** The host as far as it can start the guests of another one. */
export const takerOf = (host: string): ThingId => `taker:${host}`
const quorumOf = (connection: string): ThingId => `proxmox:${connection}`

/** The thing that a storage of a host really is: one for all hosts, where it is shared. */
export function storageThing(topology: Topology, host: string, storage: string): ThingId {
  const found = topology.hosts?.[host]
  const entry = found?.storages?.[storage]
  return entry && isShared(entry)
    ? `shared:${found?.connection ?? ''}/${storage}`
    : `hosts/${host}/storages/${storage}`
}

/** Sites, supplies, switches and routers. */
export function addEquipment(topology: Topology, graph: GraphMaker): void {
  for (const [id, each] of Object.entries(topology.sites ?? {})) {
    graph.add(`sites/${id}`, 'site', each.name ?? id)
  }
  for (const [id, each] of Object.entries(topology.ups ?? {})) {
    graph.add(`ups/${id}`, 'ups', each.name ?? id)
  }
  for (const [kind, word] of [
    ['switches', 'switch'],
    ['routers', 'router'],
  ] as const) {
    for (const [id, each] of Object.entries(topology[kind] ?? {})) {
      const thing = `${kind}/${id}`
      graph.add(thing, word, each.name ?? id)
      standsAt(graph, thing, each.site)
      const on = 'runsOn' in each ? placeThing(topology, each.runsOn) : null
      if (on !== null) {
        const why = (gone: readonly string[]) => `runs on ${listed(gone)}`
        graph.need(thing, { of: [on], atLeast: 1, else: 'stops', why })
      }
      isFed(topology, graph, thing, id)
    }
  }
}

/** Hosts with their disks and storages, and what Proxmox needs to move guests between them. */
export function addHosts(topology: Topology, graph: GraphMaker): void {
  const hosts = Object.entries(topology.hosts ?? {})
  for (const [id, host] of hosts) addHost(topology, graph, id, host)
  const connections = new Set(hosts.flatMap(([, { connection }]) => connection ?? []))
  const watched = watchedHosts(topology)
  for (const connection of connections) addQuorum(topology, graph, { connection, watched })
  for (const [id, host] of hosts) addStorages(topology, graph, id, host)
}

function addHost(topology: Topology, graph: GraphMaker, id: string, host: Host): void {
  const thing = hostId(id)
  graph.add(thing, 'host', host.name ?? id)
  graph.add(wayOf(thing), 'hidden', `the way out of ${host.name ?? id}`)
  graph.add(guestsOf(id), 'hidden', host.name ?? id)
  standsAt(graph, thing, host.site)
  isFed(topology, graph, thing, id, host.power?.ups)
  const on = placeThing(topology, host.runsOn)
  if (on !== null && on !== thing) {
    const why = (gone: readonly string[]) => `runs on ${listed(gone)}`
    graph.need(thing, { of: [on], atLeast: 1, else: 'stops', why })
  }
  standsOnDisks(graph, thing, systemStorage(host), { host: thing, verb: 'starts from' })
  graph.need(thing, {
    of: [wayOf(thing)],
    atLeast: 1,
    else: 'stops',
    cuts: true,
    why: () => 'is cut off from everything outside of it',
  })
  if (host.network !== undefined) {
    graph.need(thing, {
      of: [`networks/${host.network}`],
      atLeast: 1,
      else: 'degrades',
      why: (gone) => `runs on and cannot be managed, its address is in ${listed(gone)}`,
    })
  }
  graph.need(guestsOf(id), {
    of: [thing],
    atLeast: 1,
    else: 'stops',
    why: () => PASSED_ON,
  })
}

function standsAt(graph: GraphMaker, thing: ThingId, site: string | undefined): void {
  if (site === undefined) return
  graph.need(thing, {
    of: [`sites/${site}`],
    atLeast: 1,
    else: 'stops',
    why: (gone) => `stands at ${listed(gone)}`,
  })
}

function isFed(topology: Topology, graph: GraphMaker, thing: ThingId, id: string, own?: string) {
  const feeding = Object.entries(topology.ups ?? {}).filter(([, { feeds }]) => feeds?.includes(id))
  const ups = [...feeding.map(([feeder]) => feeder), ...(own === undefined ? [] : [own])]
  const poe = Object.entries(topology.switches ?? {}).filter(([, { portMap }]) =>
    Object.values(portMap ?? {}).some((port) => port.poe === true && port.to === id),
  )
  const of = [...ups.map((each) => `ups/${each}`), ...poe.map(([each]) => `switches/${each}`)]
  if (of.length === 0) return
  graph.need(thing, {
    of,
    atLeast: 1,
    else: 'stops',
    why: (gone) => `hangs on ${listed(gone)}`,
    spare: (gone) => `has lost one of its supplies, ${listed(gone)}`,
  })
}

/**
 * What a host starts from: the disks below the storage `local`, which Proxmox's installer puts on
 * its own root file system, or the only disk there is. Without any where nobody knows.
 */
function systemStorage(host: Host): OnDisks {
  const local = host.storages?.local
  if (local && disksBelow(local).length > 0) return local
  const [only, ...more] = disksOfHost(host)
  return only !== undefined && more.length === 0 ? { disk: only } : {}
}

/** Physical disks by name: those written and those that storages name. */
export const disksOfHost = (host: Host): string[] => [
  ...new Set([
    ...Object.keys(host.disks ?? {}),
    ...Object.values(host.storages ?? {}).flatMap(disksBelow),
  ]),
]

/** A mirror goes on with one disk, RAIDZ1 without one. */
function standsOnDisks(
  graph: GraphMaker,
  thing: ThingId,
  storage: OnDisks,
  { host, verb }: { host: ThingId; verb: string },
): void {
  const of = disksBelow(storage).map((disk) => `${host}/disks/${disk}`)
  if (of.length === 0) return
  const spare = Math.min(storage.spareDisks ?? 0, of.length - 1)
  graph.need(thing, {
    of,
    atLeast: of.length - spare,
    else: 'stops',
    why: (gone) => `${verb} ${listed(gone)}`,
    spare: (gone, left) =>
      left > of.length - spare
        ? `has lost ${listed(gone)}, of ${of.length} disks`
        : `has lost ${listed(gone)} and bears no further loss`,
  })
}

function addStorages(topology: Topology, graph: GraphMaker, id: string, host: Host): void {
  const thing = hostId(id)
  const name = host.name ?? id
  for (const disk of disksOfHost(host)) {
    graph.add(`${thing}/disks/${disk}`, 'disk', `${disk} of ${name}`)
    isPartOf(graph, `${thing}/disks/${disk}`, thing)
  }
  for (const [storage, entry] of Object.entries(host.storages ?? {})) {
    const own = `${thing}/storages/${storage}`
    graph.add(own, 'storage', `${storage} of ${name}`)
    isPartOf(graph, own, thing)
    const real = storageThing(topology, id, storage)
    if (real !== own) {
      if (!graph.has(real)) addShared(topology, graph, real, storage, host.connection)
      graph.need(own, { of: [real], atLeast: 1, else: 'stops', why: () => 'is one for all hosts' })
    } else standsOnDisks(graph, own, entry, { host: thing, verb: 'lies on' })
  }
}

const isPartOf = (graph: GraphMaker, part: ThingId, host: ThingId) =>
  graph.need(part, {
    of: [host],
    atLeast: 1,
    else: 'stops',
    why: (gone) => `is in ${listed(gone)}`,
  })

/**
 * A storage that hosts have in common. Ceph lies on their disks: a pool keeps three copies on
 * different hosts and stops when two of them are gone (`size` 3, `min_size` 2, the defaults of
 * `pveceph pool create`). Of the others the document does not say where they are.
 */
function addShared(
  topology: Topology,
  graph: GraphMaker,
  thing: ThingId,
  storage: string,
  connection: string | undefined,
): void {
  graph.add(thing, 'hidden', storage)
  const members = Object.entries(topology.hosts ?? {}).flatMap(([id, host]) => {
    const entry = host.storages?.[storage]
    if (!entry || !isShared(entry) || host.connection !== connection) return []
    const on = entry.disk ? `hosts/${id}/disks/${entry.disk}` : hostId(id)
    return [{ kind: entry.kind, on, server: placeThing(topology, entry.servedBy) }]
  })
  for (const server of new Set(members.flatMap(({ server }) => server ?? []))) {
    graph.need(thing, {
      of: [server],
      atLeast: 1,
      else: 'stops',
      why: (gone) => `is served by ${listed(gone)}`,
    })
  }
  if (!members.every(({ kind }) => kind === 'rbd' || kind === 'cephfs')) return
  graph.need(thing, {
    of: members.map(({ on }) => on),
    atLeast: Math.max(Math.min(2, members.length), members.length - 1),
    else: 'stops',
    why: (_gone, left) => `needs two of its three copies everywhere, and ${left} hosts are left`,
    spare: (gone) => `has one copy less until ${listed(gone)} is back`,
  })
}

/**
 * Hosts that one connection reaches are one Proxmox cluster. Without most of them nothing can be
 * started, and a host that runs guests under HA restarts itself after a minute (Proxmox VE
 * administration guide, High Availability, Fencing).
 */
function addQuorum(
  topology: Topology,
  graph: GraphMaker,
  { connection, watched }: { connection: string; watched: ReadonlySet<string> },
): void {
  const members = Object.entries(topology.hosts ?? {}).filter(
    ([, host]) => host.role === 'proxmox' && host.connection === connection,
  )
  if (members.length < 2) return
  const most = Math.floor(members.length / 2) + 1
  const quorum = quorumOf(connection)
  graph.add(quorum, 'hidden', `the quorum of ${connection}`)
  graph.need(quorum, {
    of: members.map(([id]) => hostId(id)),
    atLeast: most,
    else: 'stops',
    why: (_gone, left) => `needs ${most} of ${members.length} hosts, and ${left} are left`,
  })
  const networks = new Set(members.flatMap(([, { network }]) => network ?? []))
  if (networks.size === 1) {
    graph.need(quorum, {
      of: [...networks].map((id) => `networks/${id}`),
      atLeast: 1,
      else: 'stops',
      why: (gone) => `is agreed on over ${listed(gone)}`,
    })
  }
  for (const [id] of members) {
    graph.add(takerOf(id), 'hidden', topology.hosts?.[id]?.name ?? id)
    for (const needed of [guestsOf(id), quorum]) {
      graph.need(takerOf(id), {
        of: [needed],
        atLeast: 1,
        else: 'stops',
        why: (gone) => `cannot take over without ${listed(gone)}`,
      })
    }
    if (!watched.has(id)) continue
    graph.need(guestsOf(id), {
      of: [quorum],
      atLeast: 1,
      else: 'stops',
      why: () => 'restarts itself and starts nothing, as its guests under HA need a quorum',
    })
  }
}

/** Hosts that run a guest under HA. */
const watchedHosts = (topology: Topology): Set<string> =>
  new Set(
    Object.values(topology.vms ?? {}).flatMap(({ host, ha }) =>
      host !== undefined && ha && (ha.state ?? 'started') === 'started' ? [host] : [],
    ),
  )
