import { listed } from '../rules/rule'
import type { Network, Topology } from '../topology'
import type { GraphMaker, ThingId } from './graph'

/** Who answers at an address of the document; a gateway is its network's router. */
export type Answers = ReadonlyMap<string, ThingId>

/** Every address that the document gives to something, with the thing that has it. */
export function answersAt(topology: Topology): Answers {
  const answers = new Map<string, ThingId>()
  const put = (address: string | undefined, thing: ThingId) => {
    if (address !== undefined && !answers.has(address)) answers.set(address, thing)
  }
  for (const [id, { address }] of Object.entries(topology.routers ?? {})) {
    put(address, `routers/${id}`)
  }
  for (const { gateway, router } of Object.values(topology.networks ?? {})) {
    if (router !== undefined) put(gateway, `routers/${router}`)
  }
  for (const [id, { address }] of Object.entries(topology.hosts ?? {})) put(address, `hosts/${id}`)
  for (const [id, vm] of Object.entries(topology.vms ?? {})) {
    for (const { address } of Object.values(vm.nics ?? {})) put(address, `vms/${id}`)
  }
  for (const [id, { addresses }] of Object.entries(topology.unmanaged ?? {})) {
    for (const address of addresses ?? []) put(address, `unmanaged/${id}`)
  }
  for (const [id, { address }] of Object.entries(topology.services ?? {})) {
    put(address, `services/${id}`)
  }
  return answers
}

/** The router that leads out of a network: the one it names, else whoever has its gateway. */
export function routerOf(network: Network, answers: Answers): ThingId | null {
  if (network.router !== undefined) return `routers/${network.router}`
  return network.gateway === undefined ? null : (answers.get(network.gateway) ?? null)
}

/** Who resolves names in a network. Empty where they are outside of the document. */
export function resolversOf(topology: Topology, network: Network, answers: Answers): ThingId[] {
  const named = serverThing(topology, network.dnsServer)
  const listedThings = (network.dns ?? []).map((address) => answers.get(address) ?? null)
  // A resolver that the document does not know goes on whatever happens in it.
  if (listedThings.includes(null)) return []
  const all = [...(named ? [named] : []), ...listedThings.flatMap((thing) => thing ?? [])]
  return [...new Set(all)]
}

const SERVER_KINDS = ['routers', 'hosts', 'vms', 'unmanaged', 'services'] as const

/** The thing that a reference to a server names, null if there is none. */
export function serverThing(topology: Topology, id: string | undefined): ThingId | null {
  if (id === undefined) return null
  const kind = SERVER_KINDS.find((each) => topology[each]?.[id] !== undefined)
  return kind ? `${kind}/${id}` : null
}

/** Networks and what their members get from them. */
export function addNetworks(topology: Topology, graph: GraphMaker, answers: Answers): void {
  for (const [id, network] of Object.entries(topology.networks ?? {})) {
    const thing = `networks/${id}`
    graph.add(thing, 'network', network.name ?? id)
    if (network.site !== undefined) {
      graph.need(thing, {
        of: [`sites/${network.site}`],
        atLeast: 1,
        else: 'stops',
        why: (gone) => `is at ${listed(gone)}`,
      })
    }
    const wants = (of: readonly (ThingId | null)[], why: (names: string) => string) => {
      const known = of.flatMap((each) => each ?? [])
      if (known.length === 0) return
      graph.need(thing, {
        of: known,
        atLeast: 1,
        else: 'degrades',
        why: (gone) => why(listed(gone)),
        spare: (gone) => `has lost ${listed(gone)}, of ${known.length}`,
      })
    }
    wants([routerOf(network, answers)], (gone) => `has no way to other networks without ${gone}`)
    wants(resolversOf(topology, network, answers), (gone) => `resolves no names without ${gone}`)
    wants(
      [serverThing(topology, network.dhcpServer)],
      (gone) => `gives no new addresses without ${gone}; leases run out`,
    )
    wants([serverThing(topology, network.ntpServer)], (gone) => `has no time without ${gone}`)
  }
}

/** A site whose tunnel ends is on its own. */
export function addTunnels(topology: Topology, graph: GraphMaker): void {
  for (const [id, site] of Object.entries(topology.sites ?? {})) {
    const gateway = serverThing(topology, site.wireguard?.gateway)
    if (gateway === null) continue
    graph.need(`sites/${id}`, {
      of: [gateway],
      atLeast: 1,
      else: 'degrades',
      why: (gone) => `is on its own, its tunnel ends at ${listed(gone)}`,
    })
  }
}
