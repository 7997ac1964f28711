import type { Host, Storage, Topology } from './topology'

/** Kinds that every host of a Proxmox cluster sees (PVE administration guide, Storage Types). */
const SHARED: ReadonlySet<Storage['kind']> = new Set(['nfs', 'cifs', 'rbd', 'cephfs', 'pbs'])
/** Kinds that keep copies on several hosts by themselves. */
const SPREAD: ReadonlySet<Storage['kind']> = new Set(['rbd', 'cephfs'])

/** Whether it is the same storage on every host that has it, by its kind or by the document's word. */
export const isShared = ({ kind, shared }: Pick<Storage, 'kind' | 'shared'>): boolean =>
  shared ?? SHARED.has(kind)

/** Whether it is in one place that all hosts reach: a NAS, a SAN. Ceph is in many. */
export const isOnePlace = (storage: Pick<Storage, 'kind' | 'shared'>): boolean =>
  isShared(storage) && !SPREAD.has(storage.kind)

/**
 * What a storage of a host is called among all hosts: one name for a shared one on all hosts of a
 * connection, `pve1/local-lvm` for one of the host's own. The host need not know it.
 */
export function storageKey(topology: Topology, hostId: string, storage: string): string {
  const host: Host | undefined = topology.hosts?.[hostId]
  const found = host?.storages?.[storage]
  return found && isShared(found)
    ? `${host?.connection ?? hostId}:${storage}`
    : `${hostId}/${storage}`
}
