import { PanelError } from '@/lib/base/errors'
import { formatMarker, parseMarker } from '@/lib/plan/marker'
import type { Observed, ObservedInterface, ObservedNetwork, Seen } from '@/lib/plan/observed'
import { placeOf, proxmoxHosts } from '@/lib/plan/places'
import { managementInterfaces } from '@/lib/proxmox/change-host-network'
import { ProxmoxError } from '@/lib/proxmox/errors'
import type { HostInterface, HostNetworkState } from '@/lib/proxmox/host-network'
import type { Proxmox } from '@/lib/proxmox/proxmox'
import type { Topology } from '@/lib/topology/topology'
import { parseAlias } from './vnet-alias'

/** A host's interfaces in planning's words. `addresses` are the host's own, without prefix. */
export function toObservedNetwork(
  { interfaces, staged }: HostNetworkState,
  addresses: readonly string[],
): ObservedNetwork {
  return {
    interfaces: interfaces.map(toObservedInterface),
    staged,
    management: [...managementInterfaces(interfaces, addresses)].toSorted(),
  }
}

/** Whether the token may change a node's interfaces; undefined where the document asks for no bridge. */
export const mayChangeNetwork = async (
  topology: Topology,
  proxmox: Proxmox,
  node: string,
): Promise<boolean | undefined> =>
  Object.values(topology.networks ?? {}).some(({ realise }) => realise === 'bridge')
    ? mayOn(proxmox, 'Sys.Modify', ['/nodes', `/nodes/${node}`])
    : undefined

/** A privilege counts where it holds for everything, or on one of these paths. */
async function mayOn(
  proxmox: Proxmox,
  privilege: string,
  paths: readonly string[],
): Promise<boolean> {
  const granted = await proxmox.permissions()
  return ['/', ...paths].some((path) => granted[path]?.includes(privilege))
}

/** One interface in planning's words. */
export function toObservedInterface(found: HostInterface): ObservedInterface {
  const { name, type, active, ports, rawDevice, vlanAware, mtu, raw } = found
  const marker = parseMarker(found.comments)
  const vids = raw.bridge_vids
  return {
    ...{ name, type, active, rawDevice, vlanAware, mtu },
    ports: ports.toSorted(),
    // Open vSwitch passes every tag, and an empty list is PVE's default.
    vids: vlanAware && type === 'bridge' && typeof vids === 'string' && vids !== '' ? vids : null,
    marker: marker && formatMarker(marker),
  }
}

/** Names of the bridges among interfaces, sorted. */
export const bridgeNames = ({ interfaces }: HostNetworkState): string[] =>
  interfaces
    .filter(({ type }) => type === 'bridge' || type === 'OVSBridge')
    .map(({ name }) => name)
    .toSorted()

/**
 * The SDN of each Proxmox that the document has a host of, where the document asks for one; elsewhere
 * only VNets are asked for, so that what was made before can be taken away. One that cannot be read is
 * unknown with the reason. Throws only when aborted or when the code is wrong.
 */
export async function observeSdn(
  topology: Topology,
  deps: {
    proxmox(connection: string): Promise<Proxmox>
    signal: AbortSignal
  },
  { at, read }: { at: number; read: ReadonlySet<string> },
): Promise<Observed['sdn']> {
  const asked = Object.values(topology.networks ?? {}).some(({ sdn }) => sdn !== undefined)
  const connections = [
    ...new Set(proxmoxHosts(topology).flatMap((id) => placeOf(topology, id)?.connection ?? [])),
  ].filter((connection) => read.has(connection))
  const seen = await Promise.all(
    connections.map(async (connection): Promise<[string, Seen<SdnReading>]> => {
      try {
        const value = await readSdn(await deps.proxmox(connection), asked)
        return [connection, { state: 'known', value, at }]
      } catch (error) {
        if (deps.signal.aborted || !(error instanceof PanelError)) throw error
        return [connection, { state: 'unknown', reason: error.message, since: null }]
      }
    }),
  )
  return Object.fromEntries(seen)
}

type SdnReading = Extract<NonNullable<Observed['sdn']>[string], { state: 'known' }>['value']

async function readSdn(proxmox: Proxmox, asked: boolean): Promise<SdnReading> {
  const { sdn } = proxmox
  const found = await sdn.vnets()
  const vnets = found.map((each) => ({ each, own: parseAlias(each.alias) }))
  const ours = vnets.some(({ own }) => own !== null)
  if (!asked && !ours) return { zones: [], vnets: [], nodes: {} }
  const [zones, nodes, mayChange] = await Promise.all([
    sdn.zones(),
    proxmox.nodes(),
    asked ? mayOn(proxmox, 'SDN.Allocate', ['/sdn']) : undefined,
  ])
  const running = await Promise.all(
    nodes.filter(({ online }) => online).map(({ node }) => zonesOf(proxmox, node)),
  )
  return {
    zones: zones.map(({ zone, type, bridge, state }) => ({
      ...{ zone, kind: type, bridge, staged: state !== null },
    })),
    vnets: await Promise.all(
      vnets.map(async ({ each: { vnet, zone, tag, state }, own }) => ({
        ...{ vnet, zone, tag, staged: state !== null },
        ...{ marker: own?.marker ?? null, withZone: own?.withZone ?? false },
        subnets: (await sdn.subnets(vnet)).map(({ id, cidr, gateway, state: staged }) => ({
          ...{ id, cidr, gateway, staged: staged !== null },
        })),
      })),
    ),
    nodes: Object.fromEntries(running),
    ...(mayChange === undefined ? {} : { mayChange }),
  }
}

/** Zones that a node has running. Before the first apply it has no file to read (recorded). */
async function zonesOf({ sdn }: Proxmox, node: string): Promise<[string, string[]]> {
  try {
    const zones = await sdn.nodeZones(node)
    return [node, zones.filter(({ status }) => status === 'available').map(({ zone }) => zone)]
  } catch (error) {
    if (error instanceof ProxmoxError && /malformed JSON string/.test(error.message))
      return [node, []]
    throw error
  }
}
