import type { Topology } from '@/lib/topology/topology'
import { placeOf } from '../places'
import { bridgedPlaces, membersOf } from './wanted-interfaces'

/** Areas in which Deploy works beside VMs, as lib/proxmox/privileges names them. */
export type DrawnArea = 'host-network' | 'sdn'

/**
 * In which areas a Deploy of this document works at one Proxmox, sorted: where networks become bridges
 * of its hosts, and where VMs on it are in a network of its SDN. What is drawn and only shown, such as
 * HA, needs no privilege.
 */
export function drawnAreas(topology: Topology, connection: string): DrawnArea[] {
  const members = membersOf(topology)
  const inSdn = Object.entries(topology.networks ?? {}).some(
    ([id, { sdn }]) =>
      sdn !== undefined &&
      [...(members.get(id) ?? [])].some(
        (host) => placeOf(topology, host)?.connection === connection,
      ),
  )
  const bridged = bridgedPlaces(topology).some(({ at }) => at.connection === connection)
  return [...(bridged ? (['host-network'] as const) : []), ...(inSdn ? (['sdn'] as const) : [])]
}
