import { expect, test } from 'vitest'
import type { Field } from '@/lib/topology/fields/field'
import { fieldText, readField } from './field-value'
import { fieldsAt } from './fields-at'

function field(path: string[], key: string): Field {
  const found = fieldsAt(path).find((each) => each.key === key)
  if (!found) throw new Error(`no field ${key}`)
  return found
}
const memory = field(['vms', 'x'], 'memoryMib')

test.each([
  ['16 GiB', 16_384],
  ['2048', 2048],
  ['', undefined],
])('memory typed as "%s" is %s', (text, value) => {
  expect(readField(memory, text)).toEqual({ ok: true, value })
})

test.each([
  [memory, 'plenty', '"plenty" is no number'],
  [memory, '0', 'at least 1'],
  [field(['vms', 'x'], 'vmid'), '7', 'at least 100'],
  [field(['vms', 'x', 'nics', 'y'], 'address'), '10.2.0', '10.2.0.11'],
  [field(['vms', 'x'], 'role'), '', 'Role is needed'],
  [field(['clusters', 'x', 'addOns', 'y'], 'values'), '{', 'no JSON'],
])('what cannot be taken says so', (which, text, message) => {
  const typed = readField(which, text)
  expect(typed.ok ? '' : typed.message).toContain(message)
})

test('lists are one entry a line, both ways', () => {
  const dns = field(['networks', 'x'], 'dns')
  expect(readField(dns, '10.0.0.1\n 10.0.0.2 \n')).toEqual({
    ok: true,
    value: ['10.0.0.1', '10.0.0.2'],
  })
  expect(fieldText(dns, ['10.0.0.1', '10.0.0.2'])).toBe('10.0.0.1\n10.0.0.2')
})

test('add-ons of a cluster have fields of their own', () => {
  expect(fieldsAt(['clusters', 'c', 'addOns', 'longhorn']).map(({ key }) => key)).toContain(
    'version',
  )
})
