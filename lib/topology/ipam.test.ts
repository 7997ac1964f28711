import { expect, test } from 'vitest'
import { applyChanges } from './apply'
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
import { set } from './testing/fault'
import { small } from './testing/small'
import { validate } from './validate'

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

test('an address that anything has is taken: machines, their BMC and UPS, names, the unmanaged', () => {
  const topology = applyChanges(small(), [
    set('hosts.pve.bmc', { kind: 'ipmi', address: '10.0.0.42' }),
    set('ups.eaton', { address: '10.0.0.43' }),
    set('switches.core', { address: '10.0.0.44' }),
    set('unmanaged.nas', { kind: 'lxc', addresses: ['10.0.0.45'] }),
    set('services.dns', { kind: 'dns', address: '10.0.0.46' }),
    set('networks.lan.dns', ['10.0.0.47']),
  ])
  expect(nextFree(topology, 'vms')).toBe('10.0.0.41')
  expect(listFree(topology, 'vms', 2)).toEqual(['10.0.0.41', '10.0.0.48'])
})

test('the NIC whose MAC a reservation names is no stranger at it, and no machine twice', () => {
  const topology = applyChanges(small(), [
    set('hosts.pve.address', '10.0.0.5'),
    set('services.ui', { kind: 'other', runsOn: 'pve', address: '10.0.0.5' }),
    set('routers.vpn', { runsOn: 'web', address: '10.0.0.40' }),
    set('reservations.web', { address: '10.0.0.40', mac: 'BC:24:11:00:00:03' }),
  ])
  const blockers = validate(topology).filter(({ severity }) => severity === 'blocker')
  expect(blockers).toEqual([])
})

test('a reservation that is over is free for a VM that the rules look for', () => {
  const full = applyChanges(small(), [
    set('pools.dmz-vms.to', '10.4.0.11'),
    set('reservations.old', { address: '10.4.0.11', until: '2026-11-23' }),
    set('vms.cp-1.nics.dmz', { network: 'dmz' }),
  ])
  const codes = (today: string) => validate(full, { today }).map(({ code }) => code)
  expect(codes('2026-11-24')).not.toContain('vm.no-address')
  expect(codes('2026-11-23')).toContain('vm.no-address')
})
