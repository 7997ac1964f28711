import { expect, test } from 'vitest'
import {
  isKept,
  listFree,
  networkOf,
  nextFree,
  poolFor,
  poolOf,
  poolUse,
  takenAddresses,
} from './ipam'
import { formatIpv4, intersection, isNetworkOrBroadcast, parseCidr, parseIpv4 } from './ipv4'
import { overlaps } from './rules/overlaps'
import { small } from './testing/small'

test.each(['0.0.0.0', '10.2.0.11', '192.168.50.254', '255.255.255.255'])(
  '%s round-trips',
  (text) => {
    expect(formatIpv4(parseIpv4(text)!)).toBe(text)
  },
)

test.each(['', '10.2.0', '10.2.0.256', '10.2.0.01', ' 10.2.0.1', '10.2.0.1.5', '1e1.0.0.0'])(
  '%j is no address',
  (text) => expect(parseIpv4(text)).toBeNull(),
)

test('a CIDR with host bits is masked, and told', () => {
  expect(parseCidr('10.2.0.1/24')).toEqual({
    first: 0x0a020000,
    last: 0x0a0200ff,
    prefix: 24,
    hostBits: true,
  })
  expect(parseCidr('0.0.0.0/0')).toMatchObject({ first: 0, last: 0xffffffff, hostBits: false })
  for (const text of ['10.2.0.0', '10.2.0.0/33', '10.2.0.0/024', 'x/8', '10.2.0.0/24/1']) {
    expect(parseCidr(text), text).toBeNull()
  }
})

test('a /31 and a /32 have no network or broadcast address', () => {
  const block = (cidr: string) => parseCidr(cidr)!
  expect(isNetworkOrBroadcast(block('10.0.0.0/24'), 0x0a0000ff)).toBe(true)
  expect(isNetworkOrBroadcast(block('10.0.0.0/31'), 0x0a000000)).toBe(false)
  expect(isNetworkOrBroadcast(block('10.0.0.1/32'), 0x0a000001)).toBe(false)
})

test('the next free address is no gateway, no broadcast and nobody’s', () => {
  const topology = small()
  topology.pools!.all = { network: 'lan', from: '10.0.0.0', to: '10.0.0.255', purpose: 'vms' }
  expect(nextFree(topology, 'all')).toBe('10.0.0.2')
  expect(listFree(topology, 'workers', 3)).toEqual(['10.0.0.21', '10.0.0.22', '10.0.0.23'])
  expect(listFree(topology, 'all', 999).at(-1)).toBe('10.0.0.254')
  expect(nextFree(topology, 'workers', takenAddresses(topology, ['10.0.0.21']))).toBe('10.0.0.22')
  expect(nextFree(topology, 'nope')).toBeNull()
})

test('a pool is chosen by role, and plain VMs’ pool stands in', () => {
  expect(poolFor(small(), 'worker', 'lan')).toBe('workers')
  expect(poolFor(small(), 'worker', 'dmz')).toBe('dmz-vms')
  expect(poolFor(small(), 'nfs', 'nowhere')).toBeNull()
})

test('an address knows its network and pool, and a pool how full it is', () => {
  expect(networkOf(small(), '10.0.0.45')).toBe('lan')
  expect(poolOf(small(), '10.0.0.45')).toBe('vms')
  expect(networkOf(small(), '10.9.0.45')).toBeNull()
  expect(poolUse(small(), 'vms')).toEqual({ size: 10, used: 1 })
})

test('every pair of ranges that share something is found', () => {
  const ranges = [
    [5, 9],
    [1, 3],
    [0, 20],
    [9, 9],
    [30, 31],
  ].map(([first, last]) => ({ first: first!, last: last! }))
  const found = overlaps(ranges).map(({ a, b }) => [ranges.indexOf(a), ranges.indexOf(b)])
  const expected = ranges.flatMap((a, i) =>
    ranges.flatMap((b, j) => (i < j && intersection(a, b) ? [[i, j]] : [])),
  )
  expect(found.sort()).toEqual(expected.sort())
})

test('a reservation holds through its last day, and for good without one', () => {
  expect(isKept({ until: '2026-11-24' }, '2026-11-24')).toBe(true)
  expect(isKept({ until: '2026-11-24' }, '2026-11-25')).toBe(false)
  expect(isKept({ until: '2026-11-24' })).toBe(true)
  expect(isKept({}, '2099-01-01')).toBe(true)
})

test('nothing is given of a pool that others hand out, nor where one lies over the pool', () => {
  const topology = small()
  expect(nextFree(topology, 'dhcp')).toBeNull()
  expect(nextFree(topology, 'metallb')).toBeNull()
  topology.pools!.kept = { network: 'lan', from: '10.0.0.40', to: '10.0.0.47', purpose: 'reserved' }
  expect(listFree(topology, 'vms', 9)).toEqual(['10.0.0.48', '10.0.0.49'])
})
