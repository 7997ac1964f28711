import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { applyChanges } from './apply'
import { BLUEPRINT_TEXTS } from './blueprints/texts'
import type { Change, Json } from './change'
import { ABSENT } from './fields/absent'
import { MEANINGS } from './fields/meanings'
import { lookUp, type Published, publishedSchema, SCHEMA_PATH } from './published-schema'
import { set } from './testing/fault'
import { readTopology, seedText } from './testing/read-seed'
import { referencePage } from './testing/reference-page'
import { Topology } from './topology'

type Found = { path: string; required: boolean; field: Published }

/** Every field, those inside a secret's object too. */
function fieldsIn(schema: Published, path = ''): Found[] {
  const required = new Set(schema.required)
  const { additionalProperties: each, items, anyOf = [] } = schema
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
      const here = path === '' ? key : `${path}.${key}`
      const field = property as Published
      return [{ path: here, required: required.has(key), field }, ...fieldsIn(field, here)]
    }),
    ...(items ? fieldsIn(items as Published, `${path}[]`) : []),
    ...(typeof each === 'object' ? fieldsIn(each as Published, `${path}.*`) : []),
    ...anyOf.flatMap((one) => fieldsIn(one, path)),
  ]
}

test('every field says what it means, and every optional one what its absence means', () => {
  const fields = fieldsIn(publishedSchema())
  expect(fields.length).toBeGreaterThan(300)
  for (const { path, required, field } of fields) {
    expect(field.title, path).toMatch(/./)
    expect(field.description, path).toMatch(/./)
    const said = field.default !== undefined || field['x-absent'] !== undefined
    expect(said, `${path}: lib/topology/fields/absent.ts`).toBe(!required)
    if (/(Mib|Gib|Mbit|Va|Days|DelayS|Min)$/.test(path)) expect(field['x-unit'], path).toMatch(/./)
  }
})

test('every row of the tables is about a field', () => {
  const fields = fieldsIn(publishedSchema())
  const reached = (table: Readonly<Record<string, unknown>>, key: string) =>
    fields.some(
      ({ path }) =>
        lookUp(table, path) !== undefined &&
        (path === key || (!Object.hasOwn(table, path) && path.endsWith(`.${key}`))),
    )
  for (const key of Object.keys(ABSENT)) expect(reached(ABSENT, key), key).toBe(true)
  for (const key of Object.keys(MEANINGS)) expect(reached(MEANINGS, key), key).toBe(true)
})

test('defaults are values that the field takes', () => {
  for (const { path, field } of fieldsIn(publishedSchema())) {
    if (field.default === undefined) continue
    if (field.enum) expect(field.enum, path).toContain(field.default)
    const type = Array.isArray(field.default) ? 'array' : typeof field.default
    expect(type === 'number' ? 'integer' : type, path).toBe(field.type)
  }
})

test('the published file is what the schema says (run scripts/generate-fields.ts)', async () => {
  const file = await readFile(`public${SCHEMA_PATH}`, 'utf8')
  expect(JSON.parse(file)).toEqual(publishedSchema())
})

test('docs/fields.md is what the schema says', async () => {
  await expect(referencePage()).toMatchFileSnapshot('../../docs/fields.md')
})

/** What another editor makes of the schema, by a reader of JSON Schema that is not ours. */
const elsewhere = z.fromJSONSchema(publishedSchema() as Parameters<typeof z.fromJSONSchema>[0])
const accepted = (changes: Change[]) => {
  const document = applyChanges(readTopology(BLUEPRINT_TEXTS['dark-knight']), changes)
  return [elsewhere.safeParse(document).success, Topology.safeParse(document).success]
}

test.each(Object.entries({ seed: seedText(), ...BLUEPRINT_TEXTS }))(
  'another editor takes %s',
  (_name, text) => expect(elsewhere.safeParse(readTopology(text)).error).toBeUndefined(),
)

test.each<[path: string, to?: Json]>([
  ['name'],
  ['drawbridge', 2],
  ['hosts.pve1.cpuThread', 3],
  ['hosts.pve1.cpuThreads', 'many'],
  ['hosts.pve1.storages.local.kind', 'lvm-thin'],
  ['vms.haproxy-lb.role', 'lb'],
  ['vms.haproxy-lb.vmid', 99],
  ['vms.Web_1', { role: 'plain' }],
  ['networks.iot.vlan', 4095],
  ['networks.iot.gateway', '10.0.0.300'],
  ['networks.iot.cidr', '10.0.0.0'],
  ['pools.masters.from'],
  ['clusters.dark-knight.kubernetes', 'v1.29'],
  ['clusters.dark-knight.workers', 'k8s-worker-1'],
  ['policies.p', { action: 'deny', ports: ['tcp/x'] }],
  ['holds', [{ path: [], by: 'ada', reason: 'x' }]],
  ['holds', [{ path: ['vms'], by: 'ada', reason: 'x', until: 'tomorrow' }]],
])('another editor refuses %s: %j, as the panel does', (path, to) => {
  expect(accepted([set(path, to)])).toEqual([false, false])
})

test('another editor takes a secret by its name alone, which it sees as a text', () => {
  const hub = { registry: 'docker.io', mirror: 'https://hub.lan', password: 'hub-password' }
  expect(accepted([set('clusters.dark-knight.registries', { hub })])).toEqual([true, false])
})
