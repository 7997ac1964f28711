import type { Host, Storage, Topology } from '@/lib/topology/topology'
import type { PlanContext } from './context'
import { formatMarker } from './marker'
import type { Place, VmRef } from './step'

type Content = NonNullable<Storage['content']>[number]

/** What a storage of a kind keeps when the document does not say (PVE's own defaults, PVE 9). */
const USUAL_CONTENT: Record<Storage['kind'], readonly Content[]> = {
  dir: ['iso', 'import', 'vztmpl', 'backup'],
  nfs: ['images', 'iso', 'import', 'backup'],
  lvmthin: ['images'],
  lvm: ['images'],
  zfspool: ['images'],
  btrfs: ['images', 'iso', 'import', 'vztmpl', 'backup'],
  cifs: ['images', 'iso', 'import', 'backup'],
  rbd: ['images'],
  cephfs: ['iso', 'import', 'vztmpl', 'backup'],
  pbs: ['backup'],
}

/** Kinds that every node of a Proxmox cluster reaches. */
const SHARED: readonly Storage['kind'][] = ['nfs', 'cifs', 'rbd', 'cephfs', 'pbs']

/** Where a host of the document is; null for a panel host or one without a connection. */
export function placeOf(topology: Topology, hostId: string): Place | null {
  const host = topology.hosts?.[hostId]
  if (host?.role !== 'proxmox' || !host.connection) return null
  return { connection: host.connection, node: host.node ?? hostId }
}

/** The first storage of a host that keeps this content; null if none does. */
export function storageFor(host: Host | undefined, content: Content): string | null {
  const storages = Object.entries(host?.storages ?? {})
  if (storages.length === 0) return content === 'images' ? 'local-lvm' : 'local'
  const found = storages.find(([, storage]) => keeps(storage, content))
  return found?.[0] ?? null
}

const keeps = (storage: Storage, content: Content) =>
  (storage.content ?? USUAL_CONTENT[storage.kind]).includes(content)

/** Whether every node of the same Proxmox sees this storage. */
export const isShared = (host: Host | undefined, storage: string): boolean => {
  const written = host?.storages?.[storage]
  return written !== undefined && (written.shared ?? SHARED.includes(written.kind))
}

/** Ids of the document's Proxmox hosts, in its order. */
export const proxmoxHosts = (topology: Topology): string[] =>
  Object.entries(topology.hosts ?? {})
    .filter(([, host]) => host.role === 'proxmox')
    .map(([id]) => id)

export type RefParts = {
  kind: 'vms' | 'templates' | 'holders'
  id: string
  vmid: number
  name: string
}

/** How steps address one guest on Proxmox, its marker included. */
export function refTo(at: Place, { kind, id, vmid, name }: RefParts, context: PlanContext): VmRef {
  const { panelId, topologyId } = context
  return { at, vmid, vm: id, name, marker: formatMarker({ panelId, topologyId, kind, id }) }
}
