import fc from 'fast-check'
import type { Json } from '../change'
import type { Field } from '../fields/field'
import { DOCUMENT_FIELDS } from '../fields/fields'
import { formatIpv4 } from '../ipv4'
import { checkTopology } from '../parse'
import { hiddenIn } from '../parse/hidden-characters'
import type { Topology } from '../topology'

/** Ids that often meet, so that two documents share some and differ in others. */
const id = fc.oneof(
  fc.constantFrom('a', 'b', 'c', 'lan', 'k8s-worker-1', '1-2', 'true', 'null', 'y', 'no'),
  fc.stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/).filter((each) => each !== 'constructor'),
)

/** What Proxmox calls parts of a host; the letters of its names have any case. */
const partName = fc.oneof(id, fc.constantFrom('Local-ZFS', 'nas_1.old', 'vmbr0', 'enp3s0.20'))
const PARTS: ReadonlySet<string> = new Set(['storages', 'bridges'])

const address = fc.nat({ max: 0xffffffff }).map(formatIpv4)
const mac = fc
  .uint8Array({ minLength: 6, maxLength: 6 })
  .map((bytes) =>
    [...bytes].map((each) => each.toString(16).padStart(2, '0').toUpperCase()).join(':'),
  )

/** Texts that YAML would read as something else, and ordinary ones. */
const text = fc.oneof(
  fc.constantFrom(
    'yes',
    '1.30',
    '0x10',
    '~',
    'null',
    '- a',
    'a: b',
    '# no',
    '!secret x',
    '*a',
    ' x ',
    '1e3',
    '"',
    "'",
    'a\nb\n',
    '\n',
    '|',
    '>',
    '{',
    '[',
    '%',
    '@',
    '',
    'a #b',
    '\t',
    '2026-11-24',
    '010',
    '-0',
  ),
  fc.string({ unit: 'grapheme', maxLength: 40 }).filter((each) => hiddenIn(each) === null),
)

const secret = id.map((name) => ({ $secret: name }))

/** A values tree; no key that JavaScript gives a meaning of its own. */
const values: fc.Arbitrary<Json> = fc.letrec<{ node: Json }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    text,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((each) => (each === 0 ? 0 : each)),
    fc.boolean(),
    fc.constant(null),
    secret,
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(
      text.filter((key) => key !== '__proto__' && key !== '$secret'),
      tie('node'),
      { maxKeys: 3, noNullPrototype: true },
    ),
  ),
})).node as fc.Arbitrary<Json>

function fieldValue(field: Field): fc.Arbitrary<Json> {
  if (field.key === 'drawbridge') return fc.constant(1)
  if (field.key === 'until') return fc.constantFrom('2026-11-24', '2028-02-29')
  if (field.key === 'url' || field.key === 'mirror') {
    return fc.constantFrom('https://example.org/a.img', 'http://example.org/?q=1#x')
  }
  switch (field.control) {
    case 'toggle':
      return fc.boolean()
    case 'number':
      return fc.integer({ min: field.min ?? 0, max: field.max ?? 2 ** 40 })
    case 'select':
      return fc.constantFrom(...field.options!)
    case 'choices':
      return fc.uniqueArray(fc.constantFrom(...field.options!))
    case 'reference':
      return id
    case 'references':
      return fc.uniqueArray(id, { maxLength: 3 })
    case 'address':
      return address
    case 'cidr':
      return fc.tuple(address, fc.nat({ max: 32 })).map(([base, prefix]) => `${base}/${prefix}`)
    case 'mac':
      return mac
    case 'list':
      return fc.array(listItem(field.key), { maxLength: 3 })
    case 'group':
      return objectOf(field.fields!)
    case 'map':
      return fc.dictionary(PARTS.has(field.key) ? partName : id, objectOf(field.fields!), {
        maxKeys: 3,
        noNullPrototype: true,
      })
    case 'records':
      return fc.array(objectOf(field.fields!), { maxLength: 2 })
    case 'secret':
      return secret
    case 'values':
      return fc.dictionary(fc.constantFrom('grafana', 'a b', 'x.y/z', '1'), values, {
        maxKeys: 3,
        noNullPrototype: true,
      })
    case 'text':
      return textOf(field)
  }
}

function textOf(field: Field): fc.Arbitrary<Json> {
  if (field.pattern?.includes('(?!')) return id
  if (field.pattern !== undefined) return fc.stringMatching(new RegExp(field.pattern))
  const bounded = text.filter((each) => each.length <= (field.maxLength ?? 100))
  return field.key === 'name' ? bounded.filter((each) => each.length > 0) : bounded
}

const listItem = (key: string): fc.Arbitrary<Json> => {
  if (key === 'tags') return fc.constantFrom('prod', 'k8s', '1')
  return key === 'dns' ? address : text
}

function objectOf(fields: readonly Field[]): fc.Arbitrary<{ [key: string]: Json }> {
  const shape = Object.fromEntries(fields.map((field) => [field.key, fieldValue(field)]))
  const requiredKeys = fields.filter(({ required }) => required).map(({ key }) => key)
  return fc.record(shape, { requiredKeys, noNullPrototype: true })
}

/** Any document that the schema takes, sense or nonsense: every field, made from the field table. */
export const topologies: fc.Arbitrary<Topology> = objectOf(DOCUMENT_FIELDS)
  .map((value) => checkTopology(value))
  .filter((checked) => checked.ok)
  .map((checked) => (checked as { topology: Topology }).topology)
