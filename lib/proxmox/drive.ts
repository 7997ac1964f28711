import type { DiskSpec } from '@/lib/plan/observed'
import { formatProperties, isOn, parseProperties } from './property-string'

/** A disk as a VM's configuration holds it. */
export type Drive = DiskSpec & {
  /** `local-lvm:vm-211-disk-0`. */
  volume: string
}

const BUSES = ['scsi', 'virtio', 'sata', 'ide']
const SLOT = /^(scsi|virtio|sata|ide)(\d+)$/
const UNIT_GIB: Record<string, number> = { K: 2 ** -20, M: 2 ** -10, G: 1, T: 2 ** 10 }

/** Disks of a configuration, CD drives left out, in the order of their slots. */
export function drivesOf(values: Readonly<Record<string, string>>): Drive[] {
  return Object.entries(values)
    .filter(([key]) => SLOT.test(key))
    .map(([slot, line]) => parseDrive(slot, line))
    .filter((drive): drive is Drive => drive !== null)
    .toSorted((a, b) => rank(a.slot) - rank(b.slot))
}

const rank = (slot: string) => {
  const [, bus = '', number = '0'] = SLOT.exec(slot) ?? []
  return BUSES.indexOf(bus) * 100 + Number(number)
}

/** One drive, or null for a CD drive. A drive with a serial is a data disk: ours always has one. */
export function parseDrive(slot: string, line: string): Drive | null {
  const parts = parseProperties(line)
  if (parts.get('media') === 'cdrom') return null
  const volume = parts.get('') ?? parts.get('file') ?? ''
  const serial = parts.get('serial') ?? null
  return {
    slot,
    volume,
    serial,
    storage: volume.includes(':') ? (volume.split(':')[0] ?? '') : '',
    sizeGib: parseSize(parts.get('size')),
    kind: serial === null ? 'system' : 'data',
    discard: parts.get('discard') === 'on',
    ssd: isOn(parts.get('ssd')),
    iothread: isOn(parts.get('iothread')),
  }
}

/** `32G`, `3584M`; no unit means bytes. 0 where PVE does not say. */
function parseSize(size: string | undefined): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(size ?? '') ?? []
  if (digits === undefined) return 0
  return Number(digits) * (unit ? (UNIT_GIB[unit] ?? 0) : 2 ** -30)
}

const options = (disk: DiskSpec) =>
  [
    ['discard', disk.discard ? 'on' : null],
    ['iothread', disk.iothread ? 1 : null],
    ['serial', disk.serial],
    ['ssd', disk.ssd ? 1 : null],
  ] as const

/** What to write into a slot so that PVE allocates a new volume: `local-lvm:40,serial=...`. */
export const newDrive = (disk: DiskSpec): string =>
  formatProperties([['', `${disk.storage}:${disk.sizeGib}`], ...options(disk)])

/** What to write into a slot that keeps its volume but takes these options. */
export const existingDrive = (disk: DiskSpec, volume: string): string =>
  formatProperties([['', volume], ...options(disk), ['size', `${disk.sizeGib}G`]])

/** A slot's line with these options instead of its own; `cache`, `aio`, a serial and all else stay. */
export const redrawnDrive = (disk: DiskSpec, line: string): string => {
  const wanted = options(disk).filter(([key, value]) => key !== 'serial' || value !== null)
  const names: readonly string[] = wanted.map(([key]) => key)
  const rest = [...parseProperties(line)].filter(([key]) => !names.includes(key))
  return formatProperties([...rest, ...wanted])
}

/** Volumes that a configuration owns but no slot uses: `unused0`. Deleting the VM deletes them. */
export const unusedVolumes = (values: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(values)
    .filter(([key]) => /^unused\d+$/.test(key))
    .map(([key, volume]) => [key, volume.split(',')[0] ?? ''])

/** The first scsi slot that nothing stands in. PVE has 31. */
export function freeSlot(values: Readonly<Record<string, string>>): string | null {
  for (let n = 0; n < 31; n++) if (!(`scsi${n}` in values)) return `scsi${n}`
  return null
}

/**
 * What to write into a slot so that PVE fills a new volume with an image: one of `import` content, a
 * volume of another VM, or (root alone) a path. The size is the image's; grow it afterwards.
 */
export const importedDrive = (disk: DiskSpec, image: string): string =>
  formatProperties([['', `${disk.storage}:0`], ['import-from', image], ...options(disk)])
