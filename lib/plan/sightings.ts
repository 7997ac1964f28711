import { SIGHTING_FRESH_MS, type Sighting } from '@/lib/topology/ipam-sighting'
import type { Observed } from './observed'

/** Who was seen at an address, newest first; nobody where the reader was older. */
export const sightingsOf = ({ sightings }: Observed): Sighting[] => sightings ?? []

/** Those that stand in the way of a plan: seen within a day before the last reading. */
export const freshSightings = (observed: Observed): Sighting[] =>
  sightingsOf(observed).filter(({ at }) => observed.at - at <= SIGHTING_FRESH_MS)

/** MACs of this topology's VMs as they run or stand, upper case. */
export const vmMacs = ({ vms }: Observed): string[] =>
  Object.values(vms).flatMap((vm) =>
    vm.state === 'known' ? vm.value.spec.nics.map(({ mac }) => mac.toUpperCase()) : [],
  )
