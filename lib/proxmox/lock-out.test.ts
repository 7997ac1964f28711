import { expect, test } from 'vitest'
import type { FirewallRule } from './firewall'
import { type HostFirewall, lockedOut } from './lock-out'

const rule = (parts: Partial<FirewallRule>): FirewallRule => ({
  ...{ position: 0, direction: 'in', action: 'ACCEPT', enabled: true, macro: null },
  ...{ protocol: 'tcp', source: null, destination: null, sourcePort: null, port: null },
  ...{ interface: null, comment: '', digest: '' },
  ...parts,
})
const firewall = (rules: FirewallRule[], more: Partial<HostFirewall> = {}): HostFirewall => ({
  ...{ rules, groups: {}, sets: {}, aliases: {}, policyIn: null },
  ...more,
})
const panel = (from: string, ports = [8006]) => [{ name: 'the panel', from, ports }]
const out = (rules: FirewallRule[], from = '10.0.0.5', more: Partial<HostFirewall> = {}) =>
  lockedOut(firewall(rules, more), panel(from)).length > 0

test('without a rule everybody is out, for PVE drops by itself', () => {
  expect(lockedOut(firewall([]), panel('10.0.0.5', [8006, 22]))).toEqual([
    'the panel (10.0.0.5) to port 8006',
    'the panel (10.0.0.5) to port 22',
  ])
  expect(out([], '10.0.0.5', { policyIn: 'ACCEPT' })).toBe(false)
})

test.each([
  ['its address', { source: '10.0.0.5' }],
  ['its network', { source: '10.0.0.0/24', port: '22,8006' }],
  ['a list', { source: '192.168.1.1,10.0.0.5' }],
  ['a range of addresses', { source: '10.0.0.1-10.0.0.9' }],
  ['a range of ports', { port: '8000:8100' }],
  ['everybody', {}],
  ['every protocol', { protocol: null }],
  ['a set', { source: '+admins' }],
  ['a set of the datacenter', { source: '+dc/admins' }],
  ['an alias', { source: 'mgmt' }],
])('a rule for %s lets it in', (_name, parts) => {
  const more = {
    sets: { admins: [{ cidr: '10.0.0.0/28', except: false }] },
    aliases: { mgmt: '10.0.0.5' },
  }
  expect(out([rule(parts)], '10.0.0.5', more)).toBe(false)
})

test.each([
  ['is off', { enabled: false }],
  ['goes out', { direction: 'out' as const }],
  ['is for UDP', { protocol: 'udp' }],
  ['names another port', { port: '443' }],
  ['names another address', { source: '10.0.1.0/24' }],
  ['is for one interface', { interface: 'vmbr1' }],
  ['is for one of the addresses of the host', { destination: '10.0.0.2' }],
  ['names a set that is not there', { source: '+nope' }],
  ['names a macro that is not understood', { macro: 'Ceph' }],
])('a rule that %s lets nobody in', (_name, parts) => {
  expect(out([rule(parts)])).toBe(true)
})

test('the first rule decides, and a refusal counts even where it is not understood', () => {
  const drop = rule({ action: 'DROP', source: '10.0.0.0/24' })
  expect(out([drop, rule({})])).toBe(true)
  expect(out([rule({}), drop])).toBe(false)
  expect(out([rule({ action: 'REJECT', interface: 'vmbr0' }), rule({})])).toBe(true)
  expect(out([rule({ action: 'DROP', source: '10.9.0.0/16' }), rule({})])).toBe(false)
})

test('an address that a set leaves out is out', () => {
  const sets = {
    admins: [
      { cidr: '10.0.0.0/24', except: false },
      { cidr: '10.0.0.5', except: true },
    ],
  }
  expect(out([rule({ source: '+admins' })], '10.0.0.5', { sets })).toBe(true)
  expect(out([rule({ source: '+admins' })], '10.0.0.6', { sets })).toBe(false)
})

test('a network is in only where every address of it is', () => {
  expect(out([rule({ source: '10.0.0.0/25' })], '10.0.0.0/24')).toBe(true)
  expect(out([rule({ source: '10.0.0.0/23' })], '10.0.0.0/24')).toBe(false)
  expect(out([rule({ source: '10.0.0.0-10.0.0.254' })], '10.0.0.0/24')).toBe(true)
  expect(out([rule({ source: '10.0.0.0-10.0.0.255' })], '10.0.0.0/24')).toBe(false)
  // A refusal for a part of it locks that part out.
  expect(out([rule({ action: 'DROP', source: '10.0.0.7' }), rule({})], '10.0.0.0/24')).toBe(true)
  expect(out([rule({ source: 'fd00::/64' })], 'fd00::5')).toBe(false)
  expect(out([rule({ source: '10.0.0.0/8' })], 'fd00::5')).toBe(true)
})

test('rules of a group stand where the group is named', () => {
  const group = rule({ direction: 'group', action: 'admin' })
  const groups = { admin: [rule({ source: '10.0.0.5' })] }
  expect(out([group], '10.0.0.5', { groups })).toBe(false)
  expect(out([group], '10.0.0.6', { groups })).toBe(true)
  expect(out([{ ...group, interface: 'net0' }], '10.0.0.5', { groups })).toBe(true)
  expect(out([rule({ direction: 'group', action: 'gone' }), rule({})])).toBe(true)
})
