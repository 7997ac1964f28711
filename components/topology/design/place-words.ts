import { fieldAt } from '@/lib/topology/shape'
import type { Topology } from '@/lib/topology/topology'
import type { Touched } from '@/lib/topology/touched'

/** A place of the document as a person says it: "Memory of k8s-worker-1", "k8s-worker-4", "About". */
export function placeWords(path: readonly string[]): string {
  const field = fieldAt(path)
  const [, owner = '', ...inside] = path
  if (path.length === 1) return field?.label ?? path[0] ?? ''
  if (inside.length === 0) return owner
  const label = field?.label ?? inside.at(-1)
  // `nics/lan/address` is the address in `lan`; the map's own name says nothing more.
  const part = inside.length > 2 ? ` in ${inside.at(-2)}` : ''
  return `${label} of ${owner}${part}`
}

/** An object as it is known: a network by its tag where it has one, anything else by its id. */
export function objectWords({ path }: Pick<Touched, 'path'>, topology: Topology): string {
  const [kind, id] = path
  if (id === undefined) return placeWords(path)
  const vlan = kind === 'networks' ? topology.networks?.[id]?.vlan : undefined
  if (vlan !== undefined) return `VLAN ${vlan}`
  return path.length > 2 ? `${path.at(-1)} of ${id}` : id
}
