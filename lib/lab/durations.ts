import type { LabStorage, Volume } from './state'

/**
 * How long things take, in virtual milliseconds. Orders of magnitude of one NVMe host: the storage
 * lock of a thin pool is held about 5 s per allocation of a clone (LINBIT/linstor-proxmox#73),
 * conversion runs at about 350 MiB/s of data, a cloud image boots in about 25 s.
 */
export const DURATIONS = {
  configWrite: 300,
  create: 900,
  start: 2500,
  stop: 1500,
  resize: 800,
  template: 1200,
  destroy: 1500,
  snapshot: 1800,
  rollback: 2600,
  upload: 500,
  remove: 400,
  reassign: 600,
  firmware: 4000,
  kernel: 12_000,
  /** cloud-init's local and network stages up to a listening SSH server. */
  network: 5000,
  firstBootExtra: 6000,
  configStage: 9000,
  aptUpdate: 7000,
  aptPackage: 4000,
  shutdown: 5500,
  agentTimeout: 3000,
  refusedSignIn: 3000,
  reloadNetwork: 1200,
  cloneBegin: 150,
  migrate: 4000,
  backup: 3000,
} as const

const MIB = 2 ** 20

/** How long an allocation holds the storage's lock. */
export function allocationMs(storage: LabStorage, forClone: boolean): number {
  if (storage.type === 'lvmthin') return forClone ? 5100 : 1500
  return storage.type === 'zfspool' ? 700 : 300
}

/** Copying a volume's data, zeros skipped. */
export const copyMs = (volume: Pick<Volume, 'bytes' | 'usedBytes'>): number =>
  Math.round((volume.usedBytes / (350 * MIB)) * 1000 + (volume.bytes / (20_000 * MIB)) * 1000)

/** A download at 60 MiB/s. */
export const downloadMs = (bytes: number): number => Math.round((bytes / (60 * MIB)) * 1000) + 800
