import { listed } from '../rules/rule'
import type { Topology } from '../topology'
import { type AddOnNeeds, addClusters, isNeeded } from './cluster-dependencies'
import { type Graph, GraphMaker, type ThingId } from './graph'
import { addEquipment, addHosts } from './machine-dependencies'
import { addNetworks, addTunnels, answersAt } from './network-dependencies'
import { placeThing } from './places'
import { addGuests } from './vm-dependencies'
import { type Wiring, wiringOf } from './wiring'

/** The panel itself, which no document has as an object. */
export const PANEL: ThingId = 'panel'

/** What a topology stands on, found once and asked for any event. */
export type Dependencies = { topology: Topology; graph: Graph; wiring: Wiring | null }

/**
 * Everything that the document has, and what each of it cannot be without. Linear in its size but
 * for hosts and switches among each other. What the document does not say is given the benefit of
 * the doubt: a VM without a host stands on nothing, a storage without a disk on its host alone.
 */
export function dependenciesOf(topology: Topology, addOnNeeds: AddOnNeeds): Dependencies {
  const graph = new GraphMaker()
  const answers = answersAt(topology)
  addEquipment(topology, graph)
  addHosts(topology, graph)
  addNetworks(topology, graph, answers)
  addTunnels(topology, graph)
  addGuests(topology, graph, answers)
  addClusters(topology, graph, answers, addOnNeeds)
  addServices(topology, graph)
  addPanel(topology, graph)
  return { topology, graph: graph.make(), wiring: wiringOf(topology) }
}

function addServices(topology: Topology, graph: GraphMaker): void {
  for (const [id, service] of Object.entries(topology.services ?? {})) {
    const thing = `services/${id}`
    graph.add(thing, 'service', service.name ?? id)
    const on = placeThing(topology, service.runsOn)
    const keeps = placeThing(topology, service.keepsOn)
    for (const [place, verb] of [
      [on, 'runs on'],
      [keeps, 'keeps its data on'],
    ] as const) {
      if (place === null) continue
      const why = (gone: readonly string[]) => `${verb} ${listed(gone)}`
      graph.need(thing, { of: [place], atLeast: 1, else: 'stops', why })
    }
    if (service.network !== undefined) {
      graph.need(thing, {
        of: [`networks/${service.network}`],
        atLeast: 1,
        else: 'stops',
        cuts: true,
        why: (gone) => `is reached over ${listed(gone)}`,
      })
    }
    if (!service.neededBy?.includes('hosts')) continue
    for (const [host, { role }] of Object.entries(topology.hosts ?? {})) {
      if (role === 'proxmox') isNeeded(graph, `hosts/${host}`, id)
    }
  }
}

function addPanel(topology: Topology, graph: GraphMaker): void {
  graph.add(PANEL, 'panel', 'the panel')
  const boxes = Object.entries(topology.hosts ?? {}).filter(([, { role }]) => role === 'panel')
  if (boxes.length > 0) {
    graph.need(PANEL, {
      of: boxes.map(([id]) => `hosts/${id}`),
      atLeast: 1,
      else: 'stops',
      why: (gone) => `runs on ${listed(gone)}`,
    })
  }
  const networks = boxes.flatMap(([, { network }]) => (network ? [`networks/${network}`] : []))
  if (networks.length > 0) {
    graph.need(PANEL, {
      of: networks,
      atLeast: 1,
      else: 'stops',
      cuts: true,
      why: (gone) => `is in ${listed(gone)}`,
    })
  }
  for (const [id, { neededBy }] of Object.entries(topology.services ?? {})) {
    if (neededBy?.includes('panel')) isNeeded(graph, PANEL, id)
  }
}
