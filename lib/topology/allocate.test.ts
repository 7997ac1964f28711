import { expect, test } from 'vitest'
import { allocate } from './allocate'
import { applyChanges } from './apply'
import { DARK_KNIGHT } from './blueprints/dark-knight'
import { set } from './testing/fault'
import { readTopology } from './testing/read-seed'
import { small } from './testing/small'

const NOBODY = { vmids: [], addresses: [], macs: [] }
const mac = (n: number) => `bc:24:11:00:01:${n.toString(16).padStart(2, '0')}`

test('what is written is never changed, and a second time there is nothing to do', () => {
  expect(allocate(small(), NOBODY, mac)).toEqual([])
  const first = readTopology(DARK_KNIGHT)
  const changes = allocate(first, NOBODY, mac)
  expect(allocate(applyChanges(first, changes), NOBODY, mac)).toEqual([])
  expect(allocate(first, NOBODY, mac)).toEqual(changes)
  expect(changes.every((change) => change.from === undefined)).toBe(true)
})

test('what others have is passed over', () => {
  const changes = allocate(
    readTopology(DARK_KNIGHT),
    { vmids: [200, 201, 9000], addresses: ['10.2.0.2', '10.2.0.11'], macs: ['BC:24:11:00:01:00'] },
    mac,
  )
  const given = new Map(changes.map(({ path, to }) => [path.join('.'), to]))
  expect(given.get('templates.ubuntu-22-04.vmid')).toBe(9001)
  expect(given.get('vms.haproxy-lb.vmid')).toBe(202)
  expect(given.get('vms.haproxy-lb.nics.lan.address')).toBe('10.2.0.3')
  expect(given.get('vms.k8s-master-1.nics.lan.address')).toBe('10.2.0.12')
  expect(given.get('vms.haproxy-lb.nics.lan.mac')).toBe('BC:24:11:00:01:01')
})

test('a full pool gives nothing, and nobody gets an address of another pool', () => {
  const three = applyChanges(small(), [
    { path: ['pools', 'dmz-vms', 'to'], to: '10.4.0.11' },
    ...['a', 'b'].map((id) => ({
      path: ['vms', id],
      to: { role: 'plain', vmid: 300, nics: { dmz: { network: 'dmz', mac: 'BC:24:11:00:00:0A' } } },
    })),
  ])
  expect(allocate(three, NOBODY, mac)).toEqual([
    { path: ['vms', 'a', 'nics', 'dmz', 'address'], to: '10.4.0.11' },
  ])
})

test('a source of MACs that repeats itself leaves NICs without one, and comes back', () => {
  const topology = applyChanges(small(), [
    set('vms.a', { role: 'plain', nics: { lan: { network: 'lan' }, dmz: { network: 'dmz' } } }),
  ])
  const same = () => 'BC:24:11:00:00:77'
  const macs = allocate(topology, NOBODY, same).filter(({ path }) => path.at(-1) === 'mac')
  expect(macs).toEqual([{ path: ['vms', 'a', 'nics', 'lan', 'mac'], to: 'BC:24:11:00:00:77' }])
})

test('a NIC gets the address that is reserved for its MAC', () => {
  const mac = 'BC:24:11:00:00:88'
  const topology = applyChanges(small(), [
    set('vms.a', { role: 'plain', nics: { lan: { network: 'lan', mac } } }),
    set('reservations.a', { address: '10.0.0.49', mac }),
  ])
  const given = allocate(topology, NOBODY, () => mac).find(({ path }) => path.at(-1) === 'address')
  expect(given?.to).toBe('10.0.0.49')
})
