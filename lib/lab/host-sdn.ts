import { sdnOf } from './cluster-state'
import type { LabState } from './state'

/** `available`: its bridges are there; `pending`: applied, but this node has not reloaded since. */
export type ZoneStatus = { zone: string; status: 'available' | 'pending' }

/** The applied zones as they are on one node. */
export function zonesOn(state: LabState, node: string): ZoneStatus[] {
  const { applied, made } = sdnOf(state)
  return Object.keys(applied.zones).map((zone) => ({
    zone,
    status: made[node]?.includes(zone) ? 'available' : 'pending',
  }))
}

/** Names of bridges that guests can be plugged into: the host's own, and vnets of its zones. */
export function bridgesOn(state: LabState, node: string): string[] {
  const { applied, made } = sdnOf(state)
  const vnets = Object.entries(applied.vnets).filter(([, { zone }]) =>
    made[node]?.includes(zone ?? ''),
  )
  return [...(state.hosts[node]?.bridges ?? []).map(({ name }) => name), ...vnets.map(([id]) => id)]
}
