import { DEFAULT_BRIDGE } from '@/lib/topology/defaults'
import { tagsItself } from '@/lib/topology/plug'
import { resolveVms } from '@/lib/topology/resolve'
import type { Network, Topology } from '@/lib/topology/topology'
import type { PlanContext } from '../context'
import { formatMarker } from '../marker'
import { placeOf } from '../places'
import type { HostInterface, Place } from '../step'

/** What one network asks of one host: its bridge, after the VLAN interface that it stands on. */
export type WantedBridge = {
  hostId: string
  at: Place
  network: string
  bridge: string
  interfaces: HostInterface[]
}

/** Longest name of an interface that Linux takes (IFNAMSIZ). */
const LONGEST = 15

/**
 * The bridges that the panel makes: of each network with `realise: bridge`, on every host that has a
 * VM in it or names the bridge. Its port is the one that the host's own entry of the bridge gives.
 */
export function wantBridges(topology: Topology, context: PlanContext): WantedBridge[] {
  return bridgedPlaces(topology).map(({ id, network, hostId, at }) => {
    const marker = formatMarker({ ...context, kind: 'networks', id })
    const interfaces = interfacesOf(network, topology, { hostId, marker })
    return { hostId, at, network: id, bridge: network.bridge ?? DEFAULT_BRIDGE, interfaces }
  })
}

/** Where the panel makes bridges, by network. */
export function bridgedPlaces(
  topology: Topology,
): { id: string; network: Network; hostId: string; at: Place }[] {
  const members = membersOf(topology)
  return Object.entries(topology.networks ?? {}).flatMap(([id, network]) => {
    if (network.realise !== 'bridge' || network.sdn || network.bridge === undefined) return []
    const hosts = Object.keys(topology.hosts ?? {}).filter(
      (hostId) =>
        members.get(id)?.has(hostId) ||
        topology.hosts?.[hostId]?.bridges?.[network.bridge ?? ''] !== undefined,
    )
    return hosts.flatMap((hostId) => {
      const at = placeOf(topology, hostId)
      return at ? { id, network, hostId, at } : []
    })
  })
}

/** Hosts of the VMs in each network. */
export function membersOf(topology: Topology): Map<string, Set<string>> {
  const members = new Map<string, Set<string>>()
  for (const vm of resolveVms(topology)) {
    if (vm.host === null) continue
    for (const { network } of vm.nics) {
      const hosts = members.get(network) ?? new Set()
      members.set(network, hosts.add(vm.host))
    }
  }
  return members
}

function interfacesOf(
  network: Network,
  topology: Topology,
  { hostId, marker }: { hostId: string; marker: string },
): HostInterface[] {
  const host = topology.hosts?.[hostId]
  const bridge = network.bridge ?? DEFAULT_BRIDGE
  const { nic, mtu: written, vlanAware = false } = host?.bridges?.[bridge] ?? {}
  const mtu = network.mtu ?? written ?? null
  const tag = network.vlan
  const plain = { ports: [], vlanAware: false, rawDevice: null, tag: null, mtu, marker }
  if (nic === undefined || tag === undefined || !tagsItself(network, host)) {
    const ports = nic === undefined ? [] : [nic]
    return [{ ...plain, name: bridge, type: 'bridge', ports, vlanAware }]
  }
  const dotted = `${nic}.${tag}`
  const vlan = dotted.length <= LONGEST ? dotted : `vlan${tag}`
  return [
    { ...plain, name: vlan, type: 'vlan', rawDevice: nic, tag },
    { ...plain, name: bridge, type: 'bridge', ports: [vlan] },
  ]
}
