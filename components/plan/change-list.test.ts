import { expect, test } from 'vitest'
import { byObject, shortJson } from './change-list'

test('a value is told as the document writes it in one line', () => {
  expect(shortJson({ cidr: '10.0.0.0/24', dns: ['10.0.0.1'], vlan: 20 })).toBe(
    '{cidr: 10.0.0.0/24, dns: [10.0.0.1], vlan: 20}',
  )
  expect(shortJson(undefined)).toBe('none')
  expect(shortJson({ text: 'x'.repeat(500) })).toHaveLength(120)
})

test('a section that comes as a whole is told object by object, a field as it is', () => {
  const nic = { path: ['vms', 'a', 'nics'], to: { lan: { network: 'lan' } } }
  expect(
    byObject([{ path: ['hosts'], to: { a: { role: 'other' }, b: { role: 'other' } } }, nic]),
  ).toEqual([
    { path: ['hosts', 'a'], to: { role: 'other' } },
    { path: ['hosts', 'b'], to: { role: 'other' } },
    nic,
  ])
})
