import { listed } from '../rules/rule'
import type { Topology } from '../topology'
import type { ThingId } from './graph'
import type { Cause } from './settle'

/** The way of a machine to where people and the Internet are. */
export const wayOf = (machine: ThingId): ThingId => `way:${machine}`

/**
 * Which machines are cabled to which. Switches and routers pass on what comes in; hosts are ends. A
 * cable that the document does not tell of is given the benefit of the doubt: what hangs on no
 * switch hangs on all of them and on the routers, and groups of switches between which there is no cable have one.
 */
export type Wiring = {
  /** Hosts, as things. */
  hosts: readonly ThingId[]
  neighbours: ReadonlyMap<ThingId, ReadonlySet<ThingId>>
  /** Where people and the Internet are: the routers, else the box of the panel, else any switch. */
  outside: ReadonlySet<ThingId>
}

const MACHINES = ['hosts', 'switches', 'routers'] as const

/** Null where the document has no switch: then no cable is known, and none can be cut. */
export function wiringOf(topology: Topology): Wiring | null {
  const switches = thingsOf(topology, 'switches')
  if (switches.length === 0) return null
  const hosts = thingsOf(topology, 'hosts')
  const routers = thingsOf(topology, 'routers')
  const neighbours = new Map<ThingId, Set<ThingId>>()
  for (const id of [...hosts, ...switches, ...routers]) neighbours.set(id, new Set())
  const join = (a: ThingId, b: ThingId) => {
    if (a === b) return
    neighbours.get(a)?.add(b)
    neighbours.get(b)?.add(a)
  }
  for (const [id, each] of Object.entries(topology.switches ?? {})) {
    const plugged = [
      ...(each.links ?? []),
      ...Object.values(each.portMap ?? {}).flatMap(({ to }) => to ?? []),
    ]
    for (const other of plugged) {
      const kind = MACHINES.find((kind) => topology[kind]?.[other] !== undefined)
      if (kind) join(`switches/${id}`, `${kind}/${other}`)
    }
  }
  const loose = [...hosts, ...routers].filter((id) => neighbours.get(id)?.size === 0)
  for (const end of loose) {
    const others = hosts.includes(end) ? [...switches, ...routers] : switches
    for (const each of others) join(end, each)
  }
  joinGroups(switches, neighbours, join)
  const panels = hosts.filter((id) => topology.hosts?.[id.slice(6)]?.role === 'panel')
  const outside = [routers, panels, switches].find((each) => each.length > 0)!
  return { hosts, neighbours, outside: new Set(outside) }
}

const thingsOf = (topology: Topology, kind: (typeof MACHINES)[number]): ThingId[] =>
  Object.keys(topology[kind] ?? {}).map((id) => `${kind}/${id}`)

/** Cables between groups of switches that have none, so that nothing is cut off from the start. */
function joinGroups(
  switches: readonly ThingId[],
  neighbours: ReadonlyMap<ThingId, ReadonlySet<ThingId>>,
  join: (a: ThingId, b: ThingId) => void,
): void {
  const groups: Set<ThingId>[] = []
  for (const each of switches) {
    if (groups.some((group) => group.has(each))) continue
    groups.push(reachedFrom(each, neighbours, new Set()))
  }
  for (const [n, group] of groups.entries()) {
    for (const other of groups.slice(n + 1)) {
      for (const a of group) for (const b of other) if (passes(a) && passes(b)) join(a, b)
    }
  }
}

const passes = (id: ThingId) => !id.startsWith('hosts/')

/** Everything that can be reached over what still passes on, the start included. */
function reachedFrom(
  start: ThingId,
  neighbours: Wiring['neighbours'],
  gone: ReadonlySet<ThingId>,
): Set<ThingId> {
  const reached = new Set([start])
  for (const id of reached) {
    if (id !== start && !passes(id)) continue
    for (const next of neighbours.get(id) ?? []) if (!gone.has(next)) reached.add(next)
  }
  return reached
}

/**
 * The ways that are cut when these switches and routers are gone. A way leads to the place where a
 * router is plugged in, also when the router itself is gone: what that breaks is told by the
 * networks that it routes, while machines on one switch still see each other.
 */
export function cutWays(
  wiring: Wiring,
  gone: ReadonlySet<ThingId>,
  nameOf: (id: ThingId) => string,
): Map<ThingId, Cause> {
  const cut = new Map<ThingId, Cause>()
  if (gone.size === 0) return cut
  for (const host of wiring.hosts) {
    const reached = reachedFrom(host, wiring.neighbours, gone)
    const out = [...reached].some(
      (id) =>
        id !== host &&
        passes(id) &&
        (wiring.outside.has(id) || touches(wiring.neighbours.get(id), wiring.outside)),
    )
    if (out || wiring.outside.has(host)) continue
    const lost = [...(wiring.neighbours.get(host) ?? [])].filter((id) => gone.has(id))
    const by = lost.length > 0 ? lost : [...gone]
    cut.set(wayOf(host), { why: `led over ${listed(by.map(nameOf))}`, by })
  }
  return cut
}

const touches = (some: ReadonlySet<ThingId> | undefined, others: ReadonlySet<ThingId>) =>
  [...(some ?? [])].some((id) => others.has(id))
