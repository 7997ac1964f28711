import { ABSENT } from './fields/absent'
import { deriveFields, type JsonSchema, labelOf } from './fields/derive-fields'
import { MEANINGS } from './fields/meanings'
import { topologyJsonSchema } from './schema-json'

/** A schema with what people read beside it. `x-absent` says in words what absence means; `x-unit` the unit. */
export type Published = JsonSchema & {
  $schema?: string
  $id?: string
  title?: string
  default?: unknown
  anyOf?: Published[]
  'x-absent'?: string
  'x-unit'?: string
}

/** Names the schema, not a place to fetch it from: each panel serves its own at {@link SCHEMA_PATH}. */
export const SCHEMA_ID = 'urn:drawbridge:document:1'
/** Where a panel serves it, to everybody: it says nothing about anybody's homelab. */
export const SCHEMA_PATH = '/document-1.json'

/**
 * JSON Schema (2020-12) of the document as other editors read it: every field with a title, a meaning, its unit,
 * and what it means when it is absent. `!secret name` is a text there, as editors see a tagged scalar.
 */
export function publishedSchema(): Published {
  const root = topologyJsonSchema() as Published
  describe(root, '')
  return {
    ...{ $schema: root.$schema, $id: SCHEMA_ID, title: 'Drawbridge document, version 1' },
    description: 'A homelab as it is meant to be: hosts, networks, VMs, clusters. One YAML text.',
    ...Object.fromEntries(Object.entries(root).filter(([key]) => key !== '$schema')),
  }
}

/** The entry of a path (`hosts.*.name`) in a table: by the whole path, else by its last key. */
export const lookUp = <T>(table: Readonly<Record<string, T>>, path: string): T | undefined =>
  [path, path.split('.').at(-1) ?? path].flatMap((key) =>
    Object.hasOwn(table, key) ? [table[key]] : [],
  )[0]

function describe(schema: Published, path: string): void {
  const required = new Set(schema.required)
  const units = new Map(
    deriveFields({ properties: schema.properties ?? {} }).map((f) => [f.key, f]),
  )
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    const field = property as Published
    const here = path === '' ? key : `${path}.${key}`
    field.title = labelOf(key, path.split('.').at(-1))
    field.description ??= lookUp(MEANINGS, here) ?? ''
    const unit = units.get(key)?.unit
    if (unit !== undefined) field['x-unit'] = unit
    if (!required.has(key)) sayAbsent(field, here)
    describe(field, here)
    asText(field)
  }
  if (schema.items) describe(schema.items as Published, `${path}[]`)
  const { additionalProperties: each } = schema
  if (typeof each === 'object') describe(each as Published, `${path}.*`)
}

function sayAbsent(field: Published, path: string): void {
  const absent = lookUp(ABSENT, path)
  if (absent === undefined) return
  if ('value' in absent) field.default = absent.value
  else field['x-absent'] = absent.means
}

/** A field that names a secret also takes the name as a text: what `!secret name` is to an editor. */
function asText(field: Published): void {
  const name = field.properties?.$secret
  if (!name) return
  const { title, description, 'x-absent': absent, ...secret } = field
  for (const key of Object.keys(field)) delete (field as Record<string, unknown>)[key]
  const text = { type: 'string', ...(name.pattern === undefined ? {} : { pattern: name.pattern }) }
  Object.assign(field, { title, description, 'x-absent': absent, anyOf: [text, secret] })
}
