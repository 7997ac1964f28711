import { VM_DEFAULTS } from '@/lib/topology/defaults'
import type { Topology } from '@/lib/topology/topology'

/** What a field that is not written means, as text for its empty control; empty where nothing does. */
export function meantBy(topology: Topology, path: readonly string[], key: string): string {
  if (key === 'name') return path.at(-1) ?? ''
  if (path[0] !== 'vms' || path.length !== 2) return ''
  const size = topology.sizes?.[topology.vms?.[path[1] ?? '']?.size ?? '']
  if (key === 'cpus' || key === 'memoryMib') return size === undefined ? '' : String(size[key])
  return Object.hasOwn(VM_DEFAULTS, key) ? String(VM_DEFAULTS[key as keyof typeof VM_DEFAULTS]) : ''
}
