import type { Host, Storage } from './topology'

/** What a storage says of the disks it lies on. */
export type OnDisks = Pick<Storage, 'disk' | 'moreDisks' | 'spareDisks'>

/** Every physical disk below a storage; empty where the document does not say. */
export const disksBelow = ({ disk, moreDisks = [] }: OnDisks): string[] => [
  ...new Set([...(disk === undefined ? [] : [disk]), ...moreDisks]),
]

/**
 * The name of what a storage of a host shares its disks with: of all storages that have a disk in
 * common, directly or through a third, the first disk; the storage's own name where nothing is
 * written. Two pools on one mirror are one, whichever of its disks each names first.
 */
export function diskGroupOf(host: Pick<Host, 'storages'>, storage: string): string {
  const own = host.storages?.[storage]
  const group = new Set(own ? disksBelow(own) : [])
  if (group.size === 0) return storage
  const others = Object.values(host.storages ?? {}).map(disksBelow)
  for (let before = -1; before !== group.size; ) {
    before = group.size
    for (const disks of others)
      if (disks.some((disk) => group.has(disk))) for (const disk of disks) group.add(disk)
  }
  return [...group].toSorted()[0] ?? storage
}
