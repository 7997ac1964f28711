import type { Elsewhere } from '@/lib/topology/ipam-holders'
import type { Sighting } from '@/lib/topology/ipam-sighting'

/** GET /api/t/:t/addresses: what the document alone does not tell of its addresses. */
export type AddressesAnswer = {
  /** Today as the panel counts (ISO date, UTC): reservations that ended before it are over. */
  today: string
  /** When the hosts and guests were read last; null before the first time. */
  observedAt: number | null
  /** Who was seen at an address by this topology, newest first. */
  sightings: Sighting[]
  /** Addresses of the panel's other topologies; unnamed where the reader may not see whose. */
  elsewhere: Elsewhere[]
  /** MACs of this topology's VMs as they run. */
  macs: string[]
}
