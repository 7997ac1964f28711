import type { Claims } from '@/lib/dag/gate'
import { parseProperties } from './property-string'
import type { VmParams } from './values'

/**
 * PVE's own locks by name (PVE 8 and 9 source; docs/decisions/locks-and-limits.md): the flock of a
 * guest's configuration and the lock of a storage are waited for 10 s, a clone's source for 1 s; one
 * backup runs per node; one reload of a node's network; one apply of the SDN in the cluster.
 */
export const guestLock = (vmid: number): string => `guest:${vmid}`
/** `node` null: a storage that nodes share, whose lock is the cluster's. */
export const storageLock = (node: string | null, storage: string): string =>
  `storage:${node ?? '*'}/${storage}`
export const backupLock = (node: string): string => `backup:${node}`
export const networkLock = (node: string): string => `network:${node}`
export const SDN_LOCK = 'sdn'

/** Most tasks that the panel has at one node at once, whatever they do. */
export const TASKS_PER_NODE = 8

/** What a task holds: these locks, and a place at its node. */
export const claimsAt = (
  node: string,
  locks: readonly string[],
  shared: readonly string[] = [],
): Claims => ({
  // Named twice, it would wait for itself.
  locks: [...new Set(locks)],
  shared: [...new Set(shared)].filter((lock) => !locks.includes(lock)),
  groups: [{ name: `tasks:${node}`, limit: TASKS_PER_NODE }],
})

const DRIVE = /^(scsi|virtio|sata|ide|efidisk|tpmstate)\d+$/

/** Storages that a creating or changing call allocates on: `local-lvm:32`, `local-lvm:0,import-from=...`. */
export const allocatedOn = (params: VmParams): string[] => [
  ...new Set(
    Object.entries(params)
      .filter(([key]) => DRIVE.test(key))
      .map(([, value]) => {
        const parts = parseProperties(String(value ?? ''))
        const volume = parts.get('') ?? parts.get('file') ?? ''
        return /^([\w.-]+):(\d+(\.\d+)?|cloudinit)$/.exec(volume)?.[1] ?? ''
      })
      .filter(Boolean),
  ),
]

/** Storages of every volume that a configuration names, unused ones and CD drives among them. */
export const storagesOf = (values: Readonly<Record<string, string>>): string[] => [
  ...new Set(
    Object.entries(values)
      .filter(([key]) => DRIVE.test(key) || /^(unused\d+|vmstate)$/.test(key))
      .map(([, value]) => /^([\w.-]+):/.exec(value)?.[1] ?? '')
      .filter(Boolean),
  ),
]
