import { formatGib, formatMib } from '@/components/ui/format'
import type { DiskSpec, NicSpec, VmSpec } from '@/lib/plan/observed'

/** One field in the three columns wanted, applied and seen; null where that side has none. */
export type SpecRow = {
  field: string
  wanted: string | null
  applied: string | null
  seen: string | null
  /** Whether the sides that are there differ. */
  differs: boolean
}

const yes = (value: boolean): string => (value ? 'yes' : 'no')

const FIELDS: [string, (spec: VmSpec) => string][] = [
  ['Name', (spec) => spec.name],
  ['vCPUs', (spec) => String(spec.cpus)],
  ['Memory', (spec) => formatMib(spec.memoryMib)],
  ['Ballooning', (spec) => (spec.balloonMib === 0 ? 'off' : formatMib(spec.balloonMib))],
  ['CPU type', (spec) => spec.cpuType],
  ['Machine', (spec) => spec.machine],
  ['BIOS', (spec) => spec.bios],
  ['Guest agent', (spec) => yes(spec.agent)],
  ['Starts with the host', (spec) => yes(spec.onBoot)],
  ['Start order', (spec) => String(spec.startOrder ?? 'none')],
  ['Protected', (spec) => yes(spec.protection)],
  ['Tags', (spec) => spec.tags.join(', ') || 'none'],
]

const nicText = (nic: NicSpec): string =>
  [
    nic.bridge,
    nic.tag === null ? 'untagged' : `VLAN ${nic.tag}`,
    nic.mac,
    nic.mtu === null ? null : `MTU ${nic.mtu}`,
    nic.firewall ? 'firewall' : null,
  ]
    .filter((part) => part !== null)
    .join(', ')

const diskText = (disk: DiskSpec): string =>
  [formatGib(disk.sizeGib), disk.storage, disk.kind, disk.serial]
    .filter((part) => part !== null)
    .join(', ')

/** All fields of a VM with what is wanted, what was applied and what is seen. */
export function specRows(sides: {
  wanted: VmSpec | null
  applied: VmSpec | null
  seen: VmSpec | null
}): SpecRow[] {
  const { wanted, applied, seen } = sides
  const row = (field: string, text: (spec: VmSpec) => string | null): SpecRow => {
    const [a, b, c] = [wanted, applied, seen].map((spec) => (spec === null ? null : text(spec)))
    const there = [
      wanted === null ? [] : [a],
      applied === null ? [] : [b],
      seen === null ? [] : [c],
    ].flat()
    return {
      field,
      wanted: a ?? null,
      applied: b ?? null,
      seen: c ?? null,
      differs: new Set(there).size > 1,
    }
  }
  const slots = (of: (spec: VmSpec) => readonly { slot: string }[]) =>
    [
      ...new Set(
        [wanted, applied, seen].flatMap((spec) => (spec ? of(spec) : [])).map((x) => x.slot),
      ),
    ].toSorted()
  return [
    ...FIELDS.map(([field, text]) => row(field, text)),
    ...slots((spec) => spec.nics).map((slot) =>
      row(slot, (spec) => {
        const nic = spec.nics.find((each) => each.slot === slot)
        return nic ? nicText(nic) : null
      }),
    ),
    ...slots((spec) => spec.disks).map((slot) =>
      row(slot, (spec) => {
        const disk = spec.disks.find((each) => each.slot === slot)
        return disk ? diskText(disk) : null
      }),
    ),
  ]
}
