import { expect, test } from 'vitest'
import { toAddressMap } from '@/lib/topology/address-map'
import { applyChanges } from '@/lib/topology/apply'
import { invert } from '@/lib/topology/change'
import { listHolders } from '@/lib/topology/ipam-holders'
import { small } from '@/lib/topology/testing/small'
import type { Topology } from '@/lib/topology/topology'
import { sentenceOf } from './addresses-page'
import { cellName } from './cell-words'
import { partsOf } from './network-map'
import { membersOf } from './network-members'
import { networkRows } from './network-wanted'
import { correct, give, NO_WORDS, release, reserve, whyNotMac } from './reservation-changes'
import { readAddressUrl, writeAddressUrl } from './use-address-url'

const maps = (topology: Topology) => {
  const holders = listHolders(topology, { sightings: [], elsewhere: [] })
  return Object.keys(topology.networks ?? {}).flatMap(
    (id) => toAddressMap(topology, id, holders) ?? [],
  )
}

const cell = (topology: Topology, last: number) => {
  const run = maps(topology)[0]?.runs.find(
    ({ first, last: end }) => (first & 255) <= last && last <= (end & 255),
  )
  const at = 0x0a000000 + last
  return run ? cellName({ ...run, first: at, last: at }) : ''
}

test('a cell is called by its address and what is there', () => {
  const topology = applyChanges(small(), [
    { path: ['reservations', 'printer'], to: { address: '10.0.0.45', owner: 'Mum' } },
  ])
  expect(cell(topology, 40)).toBe('10.0.0.40, VM web')
  expect(cell(topology, 41)).toBe('10.0.0.41, free in vms')
  expect(cell(topology, 45)).toBe('10.0.0.45, reserved as printer for Mum')
  expect(cell(topology, 60)).toBe('10.0.0.60, free')
  expect(cell(topology, 110)).toBe('10.0.0.110, MetalLB in metallb')
  expect(cell(topology, 0)).toBe('10.0.0.0, network or broadcast')
})

test('an address is reserved, corrected and freed, and each can be taken back', () => {
  const words = { ...NO_WORDS, name: 'Printer', owner: 'Mum', mac: 'aa-bb-cc-00-00-01' }
  const made = reserve(small(), '10.0.0.45', words)
  const kept = applyChanges(small(), made.changes)
  expect(kept.reservations).toEqual({
    printer: { address: '10.0.0.45', owner: 'Mum', mac: 'AA:BB:CC:00:00:01' },
  })
  expect(made.message).toBe('Reserve 10.0.0.45 for Mum')
  const corrected = correct(kept, 'printer', { ...words, owner: '', until: '2026-12-24' })
  const changed = applyChanges(kept, corrected?.changes ?? [])
  expect(changed.reservations?.printer).toEqual({
    ...{ address: '10.0.0.45', mac: 'AA:BB:CC:00:00:01', until: '2026-12-24' },
  })
  expect(applyChanges(changed, invert(corrected?.changes ?? []))).toEqual(kept)
  expect(correct(kept, 'printer', words)).toBeNull()
  expect(applyChanges(kept, release(kept, 'printer')?.changes ?? []).reservations).toEqual({})
})

test('an address is given to a card, which keeps all else', () => {
  const given = give(small(), '10.0.0.44', ['web', 'lan'])
  expect(given?.message).toBe('Give 10.0.0.44 to web')
  const after = applyChanges(small(), given?.changes ?? [])
  expect(after.vms?.web?.nics?.lan).toEqual({
    ...small().vms?.web?.nics?.lan,
    address: '10.0.0.44',
  })
  expect(give(small(), '10.0.0.44', ['web', 'gone'])).toBeNull()
})

test.each([
  ['', null],
  ['BC:24:11:00:00:01', null],
  ['bc-24-11-00-00-01', null],
  ['bc:24', 'Write a MAC such as BC:24:11:0A:00:01.'],
])('the MAC %j', (text, fault) => expect(whyNotMac(text)).toBe(fault))

test('a large network is looked at in the parts where something is', () => {
  const wide = applyChanges(small(), [{ path: ['networks', 'lan', 'cidr'], to: '10.0.0.0/8' }])
  const moved = applyChanges(wide, [
    { path: ['reservations', 'far'], to: { address: '10.200.3.4' } },
    { path: ['networks', 'dmz'] },
  ])
  expect(partsOf(maps(moved)[0]!).map(({ first }) => first >>> 8)).toEqual([
    0x0a0000, 0x0a0400, 0x0ac803, 0x0affff,
  ])
  expect(partsOf(maps(small())[0]!)).toHaveLength(1)
})

test('the page begins with what needs a person', () => {
  expect(sentenceOf({ maps: maps(small()) })).toMatch(/^Nothing clashes: 6 addresses are in use/)
  const twice = applyChanges(small(), [
    { path: ['vms', 'web', 'nics', 'lan', 'address'], to: '10.0.0.20' },
  ])
  expect(sentenceOf({ maps: maps(twice) })).toMatch(/^1 address claimed twice/)
})

test('a card without an address that was seen is not known, never empty', () => {
  expect(membersOf(small(), 'dmz', null)).toEqual([
    {
      ...{ vm: 'web', name: 'web', nic: 'dmz', wanted: '10.4.0.10' },
      ...{ seen: null, state: undefined },
    },
  ])
  const bridge = networkRows(small(), 'lan', null).find(({ field }) => field === 'Bridge')
  expect(bridge).toMatchObject({ drawn: 'vmbr0', seen: null })
})

test('the page’s URL round-trips', () => {
  const url = { network: 'lan', view: 'table' as const, at: '10.0.0.5', q: 'a b' }
  expect(readAddressUrl(new URLSearchParams(writeAddressUrl(url)))).toEqual(url)
  expect(writeAddressUrl({ network: null, view: 'map', at: null, q: '' })).toBe('')
})
