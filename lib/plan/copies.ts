import type { Topology } from '@/lib/topology/topology'
import type { Marker } from './marker'

/** Where a guest with our marker stands. */
export type Standing = { connection: string; vmid: number }

/**
 * Which of two guests with one marker is ours. PVE copies the description when a VM is cloned or
 * restored under another VMID, and the marker with it. The document's VMID decides; null where it
 * names neither, and then nobody knows.
 */
export function originalOf<T extends Standing>(
  topology: Topology,
  { kind, id }: Pick<Marker, 'kind' | 'id'>,
  one: T,
  other: T,
): T | null {
  const object = kind === 'vms' ? topology.vms?.[id] : topology.templates?.[id]
  const connection = topology.hosts?.[object?.host ?? '']?.connection
  const isNamed = (each: Standing) =>
    each.vmid === object?.vmid && (connection === undefined || each.connection === connection)
  if (kind === 'holders' || isNamed(one) === isNamed(other)) return null
  return isNamed(one) ? one : other
}
