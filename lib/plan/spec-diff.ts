import type { DiskSpec, NicSpec, PciSpec, VmSpec } from './observed'
import type { FieldChange } from './plan'

type Cost = FieldChange['cost']

/** What a change of each plain field costs on a running VM (PVE hotplug: disk, network, usb). */
const COST = {
  name: 'in-place',
  cpus: 'reboot',
  memoryMib: 'reboot',
  balloonMib: 'reboot',
  cpuType: 'reboot',
  machine: 'reboot',
  bios: 'reboot',
  agent: 'reboot',
  onBoot: 'in-place',
  startOrder: 'in-place',
  startDelayS: 'in-place',
  protection: 'in-place',
  tags: 'in-place',
} as const satisfies Record<Exclude<keyof VmSpec, 'nics' | 'disks' | 'pci'>, Cost>

const NIC_COST = {
  model: 'reboot',
  bridge: 'in-place',
  tag: 'in-place',
  firewall: 'in-place',
  mtu: 'reboot',
} as const satisfies Record<Exclude<keyof NicSpec, 'slot' | 'mac'>, Cost>

/** `vm.disks` brings these about: PVE grows and moves a disk under a running guest. */
const DISK_COST = {
  sizeGib: 'in-place',
  storage: 'in-place',
  discard: 'reboot',
  ssd: 'reboot',
  iothread: 'reboot',
} as const satisfies Record<Exclude<keyof DiskSpec, 'slot' | 'serial' | 'kind'>, Cost>

export type SpecDiff = {
  /** Every difference, in the order of a form. */
  fields: FieldChange[]
  /** Some difference is in what `vm.configure` writes: everything but disks. */
  configure: boolean
  /** Disks to make, grow, move or set options of. */
  disks: boolean
  /** Data disks in the VM that are no longer wanted; they are parked, never deleted. */
  surplus: DiskSpec[]
  /** Disks that are wanted smaller than they are: Proxmox refuses, and it would lose data. */
  shrunk: { disk: DiskSpec; seen: DiskSpec }[]
}

/** From what is seen to what is wanted; `wanted` must be aligned to `seen` (align-spec.ts). */
export function diffSpec(seen: VmSpec, wanted: VmSpec): SpecDiff {
  const plain = (Object.keys(COST) as (keyof typeof COST)[]).flatMap((field) =>
    change(field, seen[field], wanted[field], COST[field]),
  )
  const nics = diffNics(seen.nics, wanted.nics)
  const pci = diffPci(seen.pci ?? [], wanted.pci ?? [])
  const disks = diffDisks(seen.disks, wanted.disks)
  return {
    fields: [...plain, ...nics, ...pci, ...disks.fields],
    configure: plain.length > 0 || nics.length > 0 || pci.length > 0,
    disks: disks.make,
    surplus: disks.surplus,
    shrunk: disks.shrunk,
  }
}

function diffNics(seen: readonly NicSpec[], wanted: readonly NicSpec[]): FieldChange[] {
  const bySlot = new Map(seen.map((nic) => [nic.slot, nic]))
  const changes = wanted.flatMap((nic) => {
    const was = bySlot.get(nic.slot)
    bySlot.delete(nic.slot)
    if (!was) return change(nic.slot, null, nicText(nic), 'in-place')
    return [
      ...change(`${nic.slot}.mac`, was.mac, nic.mac, 'reboot'),
      ...(Object.keys(NIC_COST) as (keyof typeof NIC_COST)[]).flatMap((field) =>
        change(`${nic.slot}.${field}`, was[field], nic[field], NIC_COST[field]),
      ),
    ]
  })
  const gone = [...bySlot.values()].flatMap((nic) =>
    change(nic.slot, nicText(nic), null, 'in-place'),
  )
  return [...changes, ...gone]
}

/** A device is on the bus when the machine starts. Those that root passed by address are nobody's business. */
function diffPci(seen: readonly PciSpec[], wanted: readonly PciSpec[]): FieldChange[] {
  const mapped = seen.filter(({ mapping }) => mapping !== null)
  const slots = [...new Set([...wanted, ...mapped].map(({ slot }) => slot))].toSorted()
  const text = (list: readonly PciSpec[], slot: string) => {
    const found = list.find((each) => each.slot === slot)
    return found ? `${found.mapping}${found.pcie ? '' : ' without PCIe'}` : null
  }
  return slots.flatMap((slot) => change(slot, text(mapped, slot), text(wanted, slot), 'reboot'))
}

function diffDisks(seen: readonly DiskSpec[], wanted: readonly DiskSpec[]) {
  const bySlot = new Map(seen.map((disk) => [disk.slot, disk]))
  const fields: FieldChange[] = []
  const shrunk: SpecDiff['shrunk'] = []
  let make = false
  for (const disk of wanted) {
    const was = bySlot.get(disk.slot)
    bySlot.delete(disk.slot)
    if (!was) {
      fields.push(...change(disk.slot, null, diskText(disk), 'in-place'))
      make = true
      continue
    }
    if (disk.sizeGib < was.sizeGib) shrunk.push({ disk, seen: was })
    for (const field of Object.keys(DISK_COST) as (keyof typeof DISK_COST)[]) {
      const found = change(`${disk.slot}.${field}`, was[field], disk[field], DISK_COST[field])
      fields.push(...found)
      make ||= found.length > 0
    }
  }
  const surplus = [...bySlot.values()].filter((disk) => disk.kind === 'data')
  for (const disk of surplus) fields.push(...change(disk.slot, diskText(disk), null, 'reboot'))
  return { fields, shrunk, make, surplus }
}

const nicText = (nic: NicSpec) =>
  `${nic.mac} on ${nic.bridge}${nic.tag === null ? '' : ` tag ${nic.tag}`}`
const diskText = (disk: DiskSpec) => `${disk.sizeGib} GiB on ${disk.storage}`

function change(field: string, from: unknown, to: unknown, cost: Cost): FieldChange[] {
  const [a, b] = [textOf(from), textOf(to)]
  return a === b ? [] : [{ field, from: a, to: b, cost }]
}

/** As the plan shows it: null for "not set", so that it differs from any text. */
function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (Array.isArray(value)) return value.length === 0 ? null : value.toSorted().join(', ')
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return String(value)
}
