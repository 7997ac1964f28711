import { expect, test } from 'vitest'
import { topologyJsonSchema } from '../schema-json'
import { fieldAt, fieldsOf, keyOrder, shapeAt } from '../shape'
import { KINDS } from '../topology'
import { deriveFields } from './derive-fields'
import { DOCUMENT_FIELDS } from './fields'

test('the committed table is what the schema says (run scripts/generate-fields.ts)', () => {
  expect(DOCUMENT_FIELDS).toEqual(deriveFields(topologyJsonSchema()))
})

test('every kind of object has a form, and every reference a target', () => {
  for (const kind of KINDS) expect(fieldsOf(kind).length, kind).toBeGreaterThan(2)
  expect(fieldAt(['vms', 'web', 'nics', 'lan', 'network'])).toMatchObject({
    control: 'reference',
    reference: 'networks',
    required: true,
  })
  expect(fieldAt(['sizes', 's', 'memoryMib'])).toMatchObject({
    control: 'number',
    unit: 'MiB',
    min: 1,
  })
  expect(fieldAt(['vms', 'web', 'role'])?.options).toContain('load-balancer')
  expect(fieldAt(['vms', 'web', 'nope'])).toBeNull()
})

test('a path knows whether order counts under it', () => {
  expect(shapeAt(['vms']).kind).toBe('map')
  expect(shapeAt(['vms', 'web', 'disks']).kind).toBe('map')
  expect(shapeAt(['vms', 'web']).kind).toBe('group')
  expect(shapeAt(['clusters', 'k', 'addOns', 'loki', 'values', 'x']).kind).toBe('tree')
  expect(keyOrder(shapeAt(['networks', 'lan']))?.slice(0, 4)).toEqual([
    'name',
    'about',
    'purpose',
    'site',
  ])
})
