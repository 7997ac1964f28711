import { expect, test } from 'vitest'
import type { LabFaultKind } from '@/lib/api/contract-lab'
import { beginWith, inWords, toWish, whyNotSent } from './fault-form'

const kind: LabFaultKind = {
  ...{ kind: 'x', title: 'X', group: 'Hosts', happens: '', shows: '', ends: '' },
  params: [
    { name: 'node', label: 'Host', is: 'host', required: true },
    { name: 'status', label: 'Status', is: 'number', initial: '500', least: 400, most: 599 },
    { name: 'vmid', label: 'VM', is: 'vm' },
    { name: 'done', label: 'Done all the same', is: 'flag' },
    { name: 'names', label: 'Names', is: 'list' },
  ],
}

test('a form begins with what the table says and is sent without what is empty', () => {
  const begun = beginWith(kind)
  expect(begun).toEqual({ node: '', status: '500', vmid: '', done: '', names: '' })
  expect(toWish(kind, { ...begun, node: 'pve1' })).toEqual({ kind: 'x', node: 'pve1', status: 500 })
  const full = { ...begun, node: 'pve1', vmid: '201', done: 'yes', names: 'a, b  c' }
  expect(toWish(kind, full)).toMatchObject({ vmid: 201, done: true, names: ['a', 'b', 'c'] })
})

test.each([
  [{ node: '' }, 'Host is missing.'],
  [{ status: 'x' }, 'Status is a number.'],
  [{ status: '700' }, 'Status is between 400 and 599.'],
  [{ status: '' }, null],
])('%o is kept back: %s', (some, reason) => {
  expect(whyNotSent(kind, { ...beginWith(kind), node: 'pve1', ...some })).toBe(reason)
})

test('what is switched on is told in words', () => {
  expect(inWords(kind, { node: 'pve1', done: true })).toBe('host pve1, done all the same')
})
