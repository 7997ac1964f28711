import type { Topology } from '../topology'
import type { ThingId } from './graph'

const PLACE_KINDS = ['hosts', 'vms', 'unmanaged', 'clusters'] as const

/** The thing that a reference to a place names, null if it is elsewhere. */
export function placeThing(topology: Topology, id: string | undefined): ThingId | null {
  if (id === undefined) return null
  const kind = PLACE_KINDS.find((each) => topology[each]?.[id] !== undefined)
  return kind ? `${kind}/${id}` : null
}
