/** Slots that hold disks or CD-ROMs. */
export const DRIVE_SLOT =
  /^(ide[0-3]|sata[0-5]|scsi([12]?\d|30)|virtio(\d|1[0-5])|efidisk0|tpmstate0)$/
export const UNUSED_SLOT = /^unused(\d{1,2}|1\d\d|2[0-4]\d|25[0-5])$/

/** A drive as its property string says: the volume and the rest by name, text values. */
export type DriveSpec = { file: string; options: Record<string, string> }

/** Parses `local-lvm:vm-100-disk-0,discard=on,size=32G`; null if it names no file. */
export function parseDrive(text: string): DriveSpec | null {
  const options: Record<string, string> = {}
  let file: string | null = null
  for (const part of text.split(',')) {
    const equals = part.indexOf('=')
    if (equals < 0) {
      if (file !== null) return null
      file = part
    } else if (part.slice(0, equals) === 'file') file = part.slice(equals + 1)
    else options[part.slice(0, equals)] = part.slice(equals + 1)
  }
  return file ? { file, options } : null
}

/** PVE writes the file first and the rest in alphabetical order; booleans of drives become on or 1. */
export function formatDrive({ file, options }: DriveSpec): string {
  const rest = Object.keys(options)
    .sort()
    .map((key) => `${key}=${options[key]}`)
  return [file, ...rest].join(',')
}

const UNITS: Record<string, number> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 }

/** Bytes of `32G`, `512M`, `1.5T`; null if it is no size. */
export function parseSize(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(text)
  return match ? Math.round(Number(match[1]) * (UNITS[match[2] ?? ''] as number)) : null
}

/** The largest unit that divides evenly, as PVE's format_size does: `32G`, `2252M`. */
export function formatSize(bytes: number): string {
  for (const unit of ['T', 'G', 'M', 'K'] as const) {
    const size = UNITS[unit] as number
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`
  }
  return String(bytes)
}

/** Bytes for people: `1.0 GiB`. */
export function describeSize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${value.toFixed(1)} ${units[unit]}`
}

export const isCdrom = (drive: DriveSpec): boolean =>
  drive.options.media === 'cdrom' || drive.file === 'none' || drive.file === 'cdrom'

export const isCloudInit = (drive: DriveSpec): boolean =>
  /(^|[-:/])cloudinit(\.|$)/.test(drive.file)
