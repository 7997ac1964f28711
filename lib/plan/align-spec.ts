import type { DiskSpec, NicSpec, PciSpec, VmSpec } from './observed'

/**
 * The wanted configuration with the slots that a VM's NICs and disks really have. A NIC is known by
 * its MAC, a data disk by its serial, the system disk by being the first of its kind and a passed-through
 * device by its mapping; what is
 * new takes its own slot or else the next free one. So taking a NIC or disk out of the middle of a
 * document moves nothing.
 */
export function alignSpec(wanted: VmSpec, seen: VmSpec): VmSpec {
  const { pci, ...rest } = wanted
  const seenSystem = seen.disks.find((disk) => disk.kind === 'system')
  return {
    ...rest,
    ...(pci
      ? {
          pci: placed(pci, seen.pci ?? [], 'hostpci', ({ mapping }) =>
            seen.pci?.find((s) => s.mapping === mapping),
          ),
        }
      : {}),
    nics: placed(wanted.nics, seen.nics, 'net', (nic) => seen.nics.find((s) => s.mac === nic.mac)),
    disks: placed(wanted.disks, seen.disks, 'scsi', (disk) =>
      disk.serial === null
        ? disk.kind === 'system'
          ? seenSystem
          : undefined
        : seen.disks.find((s) => s.serial === disk.serial),
    ),
  }
}

function placed<T extends NicSpec | DiskSpec | PciSpec>(
  wanted: readonly T[],
  seen: readonly { slot: string }[],
  prefix: string,
  find: (item: T) => { slot: string } | undefined,
): T[] {
  const taken = new Set(seen.map((item) => item.slot))
  return wanted.map((item) => {
    const there = find(item)
    if (there) return { ...item, slot: there.slot }
    let slot = item.slot
    for (let n = 0; taken.has(slot); n++) slot = `${prefix}${n}`
    taken.add(slot)
    return { ...item, slot }
  })
}
