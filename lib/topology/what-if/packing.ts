/** Something that needs room on one of several hosts. */
export type Parcel = { memoryMib: number; hosts: readonly string[] }

/** Looks at so many places before it gives up; a dozen VMs on a dozen hosts are settled long before. */
const MOST_LOOKS = 20_000

/**
 * Whether every parcel finds a host with its memory free, each whole on one: sums alone say yes to
 * three VMs of 6 GiB on two hosts with 9. The largest first; false also where no way was found
 * within {@link MOST_LOOKS}.
 */
export function canBePlaced(
  parcels: readonly Parcel[],
  freeMib: ReadonlyMap<string, number>,
): boolean {
  const sorted = parcels.toSorted((a, b) => b.memoryMib - a.memoryMib)
  const left = new Map(freeMib)
  let looks = 0
  const place = (i: number): boolean => {
    const parcel = sorted[i]
    if (!parcel) return true
    for (const host of parcel.hosts) {
      const room = left.get(host) ?? 0
      if (room < parcel.memoryMib) continue
      if (++looks > MOST_LOOKS) return false
      left.set(host, room - parcel.memoryMib)
      if (place(i + 1)) return true
      left.set(host, room)
    }
    return false
  }
  return place(0)
}
