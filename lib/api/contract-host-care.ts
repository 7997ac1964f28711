/** A part of what was asked, or in words why nobody knows it, such as a privilege that is missing. */
export type CarePart<T> = { state: 'known'; value: T } | { state: 'unknown'; reason: string }

export type CareDisk = {
  /** `/dev/nvme0n1` */
  device: string
  kind: 'hdd' | 'ssd' | 'nvme' | 'usb' | 'unknown'
  model: string | null
  sizeBytes: number
  /** What it carries: `LVM`, `ZFS` ...; null: nothing. */
  use: string | null
  /** SMART's own verdict; null where the disk does not say, and of those that may sleep, which are not asked. */
  healthy: boolean | null
  /** Worn share of an SSD, 0 to 100 and beyond; null where the disk does not say. */
  wearPercent: number | null
}

/** A thin pool. When data or metadata is full, every guest on it freezes. Shares are 0 to 1. */
export type CarePool = { name: string; sizeBytes: number; data: number; metadata: number }

/** Times are UTC milliseconds; null where Proxmox does not say. */
export type CareCertificate = { file: string; issuer: string; validTo: number | null }

export type CareUpdate = { name: string; from: string | null; to: string }

/**
 * GET /api/t/:t/hosts/:h/care: what a host needs care for. Asked of its Proxmox when somebody looks,
 * at most once a minute, and stored nowhere.
 */
export type HostCareAnswer = {
  node: string
  /** When it was asked, UTC milliseconds. */
  at: number
  disks: CarePart<CareDisk[]>
  pools: CarePart<CarePool[]>
  certificates: CarePart<CareCertificate[]>
  updates: CarePart<CareUpdate[]>
}
