import type { Json } from '@/lib/topology/change'
import type { Field } from '@/lib/topology/fields/field'
import type { Topology } from '@/lib/topology/topology'
import { choicesOf } from './fields-at'

/** Sensible starts for needed fields that no first choice exists for. */
const STARTS: Record<string, Json> = {
  kubernetes: '1.36',
  podCidr: '10.244.0.0/16',
  serviceCidr: '10.96.0.0/12',
  cidr: '10.0.0.0/24',
  address: '10.0.0.2',
  from: '10.0.0.10',
  to: '10.0.0.19',
  release: '24.04',
  cpus: 2,
  memoryMib: 2048,
  diskGib: 20,
  model: 'Unknown model',
  repository: 'https://charts.example.org',
  version: '1.0.0',
  namespace: 'default',
  registry: 'docker.io',
  mirror: 'https://mirror.example.org',
  text: '# YAML of the objects',
  zone: 'homelab',
}

/**
 * The least object that the schema takes: each needed field with its first choice or a plain start.
 * A text instead where something it must name does not exist yet.
 */
export function blankObject(
  fields: readonly Field[],
  topology: Topology,
): { [key: string]: Json } | string {
  const object: { [key: string]: Json } = {}
  for (const field of fields) {
    if (!field.required) continue
    if (field.control === 'reference') {
      const [first] = (field.reference && choicesOf(topology, field.reference, [])) || []
      if (!first) return `It needs one of ${field.reference} - add that first.`
      object[field.key] = first.value
    } else object[field.key] = startOf(field, topology)
  }
  return object
}

function startOf(field: Field, topology: Topology): Json {
  const start = STARTS[field.key]
  if (start !== undefined) return start
  switch (field.control) {
    case 'select':
      return field.options?.[0] ?? ''
    case 'references':
    case 'list':
    case 'choices':
    case 'records':
      return []
    case 'number':
      return Math.max(field.min ?? 1, 1)
    case 'toggle':
      return false
    case 'group': {
      const inner = blankObject(field.fields ?? [], topology)
      return typeof inner === 'string' ? {} : inner
    }
    case 'secret':
      return { $secret: field.key.toLowerCase() }
    case 'map':
    case 'values':
      return {}
    default:
      return field.key
  }
}
