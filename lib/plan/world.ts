import type { Topology } from '@/lib/topology/topology'
import type { PlanContext } from './context'
import { originalOf } from './copies'
import { type Marker, parseMarker } from './marker'
import type { Observed, ObservedGuest, ObservedVm, Seen } from './observed'
import { proxmoxHosts } from './places'

/** A guest that was seen, and where. */
export type SeenGuest = { hostId: string; guest: ObservedGuest; marker: Marker | null }
type Placed = SeenGuest & { connection: string; vmid: number }

/** What was seen, indexed for planning: built once per plan. */
export type World = {
  observed: Observed
  /** Guests by connection and VMID; VMIDs are unique in a whole Proxmox cluster. */
  byVmid: Map<string, SeenGuest>
  /** Guests with this topology's own marker, by `kind/id`; copies of one are strangers. */
  ours: Map<string, SeenGuest>
}

const vmidKey = (connection: string, vmid: number) => `${connection}/${vmid}`

/** Indexes the guests of every host that could be read. */
export function indexWorld(topology: Topology, observed: Observed, context: PlanContext): World {
  const byVmid: World['byVmid'] = new Map()
  const ours = new Map<string, Placed>()
  for (const hostId of proxmoxHosts(topology)) {
    const host = observed.hosts[hostId]
    const connection = topology.hosts?.[hostId]?.connection
    if (host?.state !== 'known' || !connection) continue
    for (const guest of host.value.guests) {
      const marker = parseMarker(guest.marker)
      const seen: Placed = { hostId, guest, marker, connection, vmid: guest.vmid }
      byVmid.set(vmidKey(connection, guest.vmid), seen)
      if (marker?.panelId !== context.panelId || marker.topologyId !== context.topologyId) continue
      const key = `${marker.kind}/${marker.id}`
      const held = ours.get(key)
      ours.set(key, held ? (originalOf(topology, marker, held, seen) ?? held) : seen)
    }
  }
  return { observed, byVmid, ours }
}

/** Who has this VMID on this Proxmox, if it is not the object itself. */
export function strangerAt(
  world: World,
  { connection, vmid, kind, id }: { connection: string; vmid: number; kind: string; id: string },
): SeenGuest | null {
  const there = world.byVmid.get(vmidKey(connection, vmid))
  const own = world.ours.get(`${kind}/${id}`)
  return there && there !== own ? there : null
}

/**
 * A VM as it was seen. One that came into the document after the last look is absent if its host
 * was read and shows no guest with its marker; otherwise it is unknown, never assumed absent.
 */
export function seenVm(world: World, hostId: string, vmId: string): Seen<ObservedVm> {
  const seen = world.observed.vms[vmId]
  if (seen) return seen
  const host = world.observed.hosts[hostId]
  if (host?.state === 'known' && !world.ours.has(`vms/${vmId}`))
    return { state: 'absent', at: host.at }
  return { state: 'unknown', reason: 'it was not looked at yet', since: null }
}
