import { expect, test } from 'vitest'
import type { Topology } from '../topology'
import { dependenciesOf } from './dependencies'
import { whatIf } from './what-if'

const home = (poe: boolean, power: object = {}): Topology => ({
  drawbridge: 1,
  name: 'home',
  hosts: { pi: { role: 'panel', network: 'lan', power }, pve: { role: 'proxmox', network: 'lan' } },
  ups: { eaton: { feeds: ['core'] } },
  networks: { lan: { cidr: '10.0.0.0/24' } },
  switches: { core: { portMap: { p1: { to: 'pi', poe, untagged: 'lan' } } } },
})
const fate = (topology: Topology, thing: string) =>
  whatIf(
    dependenciesOf(topology, () => []),
    { kind: 'dies', things: [thing] },
  ).groupOf('hosts/pi')

test('what is fed over its network cable goes off with the switch, and with the UPS of the switch', () => {
  expect(fate(home(true), 'ups/eaton')).toBe('stops')
  expect(fate(home(true), 'switches/core')).toBe('stops')
  expect(fate(home(true, { ups: 'eaton' }), 'switches/core')).not.toBe(null)
})

test('an API whose endpoint floats outlives one of the machines that may have it', () => {
  const vm = (host: string) => ({
    role: 'control-plane' as const,
    host,
    nics: { lan: { network: 'lan' } },
  })
  const cluster = (floating?: 'kube-vip'): Topology => ({
    drawbridge: 1,
    name: 'k',
    hosts: Object.fromEntries(
      ['a', 'b', 'c'].map((id) => [id, { role: 'proxmox' as const, connection: id }]),
    ),
    networks: { lan: { cidr: '10.0.0.0/24' } },
    vms: { 'cp-a': vm('a'), 'cp-b': vm('b'), 'cp-c': vm('c') },
    clusters: {
      k: {
        ...{ kubernetes: '1.36', podCidr: '10.244.0.0/16', serviceCidr: '10.96.0.0/16' },
        controlPlanes: ['cp-a', 'cp-b', 'cp-c'],
        workers: [],
        endpoint: { name: 'k.lan', ...(floating ? { floating, address: '10.0.0.9' } : {}) },
      },
    },
  })
  const api = (topology: Topology) =>
    whatIf(
      dependenciesOf(topology, () => []),
      { kind: 'dies', things: ['hosts/a'] },
    ).groupOf('clusters/k/api')
  expect(api(cluster())).toBe('stops')
  expect(api(cluster('kube-vip'))).not.toBe('stops')
})
