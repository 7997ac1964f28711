import type { Json } from '@/lib/topology/change'
import type { Field, Reference } from '@/lib/topology/fields/field'
import { DOCUMENT_FIELDS } from '@/lib/topology/fields/fields'
import { KINDS_OF } from '@/lib/topology/references'
import type { Topology } from '@/lib/topology/topology'

/** The fields of the object that a path leads to; empty where there is none. */
export function fieldsAt(path: readonly string[]): readonly Field[] {
  let fields: readonly Field[] = DOCUMENT_FIELDS
  for (let n = 0; n < path.length; n += 2) {
    fields = fields.find(({ key }) => key === path[n])?.fields ?? []
  }
  return fields
}

/** The value at a path of the document, undefined where nothing is. */
export function valueAt(topology: Topology, path: readonly string[]): Json | undefined {
  let value: unknown = topology
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string, unknown>)[step]
  }
  return value as Json | undefined
}

export type Choice = { value: string; label: string }

/** What a reference of the object at `path` may point at. Null where only text can say (connections). */
export function choicesOf(
  topology: Topology,
  reference: Reference,
  path: readonly string[],
): Choice[] | null {
  switch (reference) {
    case 'connections':
      return null
    case 'machines':
    case 'servers':
    case 'places':
      return (KINDS_OF[reference] ?? []).flatMap((kind) => named(topology[kind] ?? {}))
    case 'storages':
    case 'gpus':
    case 'devices': {
      const host = topology.hosts?.[hostOf(topology, path) ?? '']
      return named(host?.[reference] ?? {})
    }
    case 'pools': {
      const network = (valueAt(topology, path) as { network?: string } | undefined)?.network
      const pools = Object.entries(topology.pools ?? {})
      const fitting = pools.filter(([, pool]) => network === undefined || pool.network === network)
      return named(Object.fromEntries(fitting))
    }
    default:
      return named(topology[reference] ?? {})
  }
}

function hostOf(topology: Topology, path: readonly string[]): string | undefined {
  const [kind, id = ''] = path
  if (kind === 'hosts') return id
  return kind === 'unmanaged' ? topology.unmanaged?.[id]?.host : topology.vms?.[id]?.host
}

/** Ids with their names, to choose from. */
export function named(objects: Record<string, object>): Choice[] {
  return Object.entries(objects).map(([id, object]) => {
    const name = 'name' in object && typeof object.name === 'string' ? object.name : id
    return { value: id, label: name === id ? id : `${name} (${id})` }
  })
}
