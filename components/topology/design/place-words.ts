import type { Json } from '@/lib/topology/change'
import { isMap, sameJson } from '@/lib/topology/json'
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

/**
 * A value in one line, beside what stood there before: of an object what is different in it. What is
 * absent was removed if it was there before.
 */
export function valueWords(value: Json | null, before: Json | null): string {
  if (value === null) return before === null ? 'not there' : 'removed'
  if (!isMap(value)) return plainWords(value)
  const old = isMap(before ?? undefined) ? (before as Record<string, Json>) : {}
  const fields = Object.entries(value)
    .filter(([key, each]) => !sameJson(each, old[key]))
    .map(([key, each]) => `${key} ${plainWords(each)}`)
  const gone = Object.keys(old).filter((key) => !Object.hasOwn(value, key))
  return [...fields, ...gone.map((key) => `no ${key}`)].join(', ') || 'as it was'
}

function plainWords(value: Json): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(plainWords).join(', ')
  if (typeof value !== 'object' || value === null) return String(value)
  return JSON.stringify(value)
}
