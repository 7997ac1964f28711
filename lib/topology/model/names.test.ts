import { expect, test } from 'vitest'
import { applyChanges } from '../apply'
import type { Json } from '../change'
import { formatTopology } from '../format'
import { checkTopology, parseTopology } from '../parse'
import { set } from '../testing/fault'
import { small } from '../testing/small'
import { validate } from '../validate'
import { keyNameAt, PART_NAME } from './names'

const at = (path: string[], to: Json) => ({ path, to })

test('storages, ports and bridges are written as Proxmox calls them', () => {
  const topology = applyChanges(small(), [
    at(['hosts', 'pve', 'storages', 'Tank_SSD.2'], { kind: 'zfspool', content: ['images'] }),
    at(['hosts', 'pve', 'nics', 'enp3s0f0'], {}),
    at(['hosts', 'pve', 'bridges', 'vmbr_LAN'], { nic: 'enp3s0f0' }),
    at(['hosts', 'pve', 'bridges', 'vmbr0'], { nic: 'enp3s0f0', vlanAware: true }),
    set('networks.lan.bridge', 'vmbr_LAN'),
    set('vms.web.disks', { system: { kind: 'system', storage: 'Tank_SSD.2' } }),
    set('vms.cp-1.backup', { storage: 'Tank_SSD.2' }),
    set('unmanaged.nas', { kind: 'vm', disks: { d: { storage: 'Tank_SSD.2', sizeGib: 9 } } }),
  ])
  const read = parseTopology(formatTopology(topology))
  expect(read.ok && read.topology).toEqual(topology)
  expect(validate(topology).filter(({ code }) => code.startsWith('reference.'))).toEqual([])
  expect(checkTopology({ ...small(), networks: { Lan: { cidr: '10.0.0.0/24' } } }).ok).toBe(false)
})

test.each(['toString', 'valueOf', 'hasOwnProperty', '12', '-a', 'a.', '', 'a b', 'ä'])(
  '%j is no name of a storage',
  (name) => {
    expect(PART_NAME.pattern.test(name)).toBe(false)
    const storages = { [name]: { kind: 'dir' } }
    expect(checkTopology({ ...small(), hosts: { pve: { role: 'proxmox', storages } } }).ok).toBe(
      false,
    )
  },
)

test('a form asks for ids, and for Proxmox’s names where it has them', () => {
  expect(keyNameAt(['hosts', 'pve', 'storages']).pattern.test('Local')).toBe(true)
  expect(keyNameAt(['vms', 'web', 'disks']).pattern.test('Local')).toBe(false)
})
