import type { Disk, Vm } from '@/lib/topology/topology'
import { alignSpec } from './align-spec'
import type { DiskSpec, NicSpec, VmSpec } from './observed'
import type { WantedVm } from './wanted-vm'

/**
 * What is wanted of a VM that is there. The panel's own: everything, in the slots that it has. One that
 * was taken over: what the document writes, and for the rest what is seen, so that nothing else differs:
 * neither plain settings nor NICs, disks and devices that the document does not name.
 */
export function specBeside(
  { spec, adopted }: Pick<WantedVm, 'spec' | 'adopted'>,
  seen: VmSpec,
): VmSpec {
  return adopted === null ? alignSpec(spec, seen) : leaveOpen(adopted, spec, seen)
}

const PLAIN = [
  'name',
  'cpus',
  'memoryMib',
  'balloonMib',
  'cpuType',
  'machine',
  'bios',
  'agent',
  'onBoot',
  'startOrder',
  'startDelayS',
  'protection',
  'tags',
] as const satisfies (keyof Vm & keyof VmSpec)[]

function leaveOpen(vm: Vm, spec: VmSpec, seen: VmSpec): VmSpec {
  const written = new Set<string>(Object.keys(vm))
  if (vm.size !== undefined) for (const field of ['cpus', 'memoryMib']) written.add(field)
  const plain = Object.fromEntries(
    PLAIN.map((field) => [field, written.has(field) ? spec[field] : seen[field]]),
  ) as Pick<VmSpec, (typeof PLAIN)[number]>
  const raws = Object.values(vm.disks ?? {})
  const isKept = (_: DiskSpec, n: number) => raws[n]?.slot !== undefined
  const kept = spec.disks.flatMap((disk, n) => {
    const raw = raws[n]
    return raw?.slot === undefined ? [] : keptDisk(raw, disk, seen)
  })
  const own = spec.disks.filter((disk, n) => !isKept(disk, n))
  const aligned = alignSpec({ ...spec, disks: own }, seen)
  const nics = aligned.nics.map((nic, n) =>
    keptNic(Object.values(vm.nics ?? {})[n] ?? {}, nic, seen),
  )
  const pci = withOthers(
    (aligned.pci ?? []).map(
      (each) => seen.pci?.find(({ mapping }) => mapping === each.mapping) ?? each,
    ),
    seen.pci ?? [],
  )
  return {
    ...plain,
    nics: withOthers(nics, seen.nics),
    disks: withOthers([...kept, ...aligned.disks], seen.disks),
    ...(pci.length > 0 ? { pci } : {}),
  }
}

/** These, and what is seen in other slots. */
function withOthers<T extends { slot: string }>(wanted: readonly T[], seen: readonly T[]): T[] {
  const slots = new Set(wanted.map(({ slot }) => slot))
  return [...wanted, ...seen.filter(({ slot }) => !slots.has(slot))]
}

type Written = { model?: unknown; firewall?: unknown; mtu?: unknown }

function keptNic(raw: Written, nic: NicSpec, seen: VmSpec): NicSpec {
  const there = seen.nics.find(({ slot }) => slot === nic.slot)
  if (!there) return nic
  return {
    ...nic,
    model: raw.model === undefined ? there.model : nic.model,
    firewall: raw.firewall === undefined ? there.firewall : nic.firewall,
    mtu: raw.mtu === undefined && nic.mtu === null ? there.mtu : nic.mtu,
  }
}

/** A disk that is known by its slot. Whole GiB are all that a document can write: 3.5 GiB count as 4. */
function keptDisk(raw: Disk, disk: DiskSpec, seen: VmSpec): DiskSpec {
  const there = seen.disks.find(({ slot }) => slot === disk.slot)
  if (!there) return disk
  return {
    ...there,
    storage: raw.storage ?? there.storage,
    sizeGib: Math.ceil(there.sizeGib) === disk.sizeGib ? there.sizeGib : disk.sizeGib,
    discard: raw.discard ?? there.discard,
    ssd: raw.ssd ?? there.ssd,
    iothread: raw.iothread ?? there.iothread,
  }
}
