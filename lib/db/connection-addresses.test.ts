import { expect, test } from 'vitest'
import { sendsTokenElsewhere, tidyOthers } from './connection-addresses'

const URL_2 = 'https://pve2.lan:8006'
const node = (fingerprint: string | null = null) => [{ url: URL_2, fingerprint }]
const PINNED = { fingerprint: 'AA', caPem: null, others: [] }
const OPEN = { fingerprint: null, caPem: null, others: [] }
const VOUCHED = { fingerprint: null, caPem: 'an authority', others: [] }

test.each([
  ['an address that a person has yet to compare', PINNED, { ...PINNED, others: node() }, false],
  ['one with a pin that nobody compared', PINNED, { ...PINNED, others: node('EE') }, true],
  [
    'a pin after its comparison',
    { ...PINNED, others: node() },
    { ...PINNED, others: node('EE') },
    false,
  ],
  ['one of the pasted authority', VOUCHED, { ...VOUCHED, others: node() }, false],
  ['one of an authority that came with it', PINNED, { ...VOUCHED, others: node() }, true],
  [
    'an authority that came after it',
    { ...PINNED, others: node() },
    { ...VOUCHED, others: node() },
    true,
  ],
  ['one that any public authority vouches for', OPEN, { ...OPEN, others: node() }, true],
  [
    'a pin that is taken off the first',
    { ...PINNED, others: node() },
    { ...OPEN, others: node() },
    true,
  ],
  ['nothing new', { ...OPEN, others: node() }, { ...OPEN, others: node() }, false],
])('%s: whether the stored token would go elsewhere', (_what, before, after, elsewhere) => {
  expect(sendsTokenElsewhere(before, after)).toBe(elsewhere)
})

test('addresses are kept without their path, each once', () => {
  expect(tidyOthers('https://pve1.lan:8006', [{ url: `${URL_2}/`, fingerprint: null }])).toEqual(
    node(),
  )
  const twice = { code: 'connection.address-twice', status: 422 }
  const refused = (first: string, others = node()) => {
    try {
      return tidyOthers(first, others)
    } catch (error) {
      return error
    }
  }
  expect(refused(`${URL_2}/x`)).toMatchObject(twice)
  expect(refused('https://pve1.lan:8006', [...node(), ...node()])).toMatchObject(twice)
})
