import { expect, test } from 'vitest'
import { applyChanges } from '../apply'
import type { Change } from '../change'
import { failureDomains } from '../failure-domains'
import { set } from '../testing/fault'
import { small } from '../testing/small'
import { validate } from '../validate'
import type { Unmanaged } from './rule'

test('what runs beside ours is counted where it was seen, and told of where it was not', () => {
  const codes = (unmanaged: Partial<Unmanaged>, changes: Change[] = []) =>
    validate(applyChanges(small(), changes), {
      unmanaged: { guests: [], addresses: [], hosts: {}, ...unmanaged },
    }).map(({ code, path }) => `${code} ${path.join('.')}`)
  const load = { cpus: 0, memoryMib: 0, storages: {} }
  expect(codes({})).toEqual([])
  expect(codes({ unseen: ['pve', 'other'] })).toEqual(['host.load-unseen hosts.pve'])
  expect(codes({ hosts: { pve: { ...load, storages: { 'local-lvm': 351 } } } })).toEqual([
    'storage.overcommitted hosts.pve.storages.local-lvm.sizeGib',
  ])
  const container: Partial<Unmanaged> = {
    guests: [{ vmid: 120, name: 'pihole', host: 'pve' }],
    hosts: { pve: { ...load, unplacedGib: 351 } },
  }
  expect(codes(container)).toEqual(['host.load-unseen hosts.pve.storages'])
  const written = set('unmanaged.pihole', {
    ...{ kind: 'lxc', host: 'pve', vmid: 120, memoryMib: 60_000 },
    disks: { root: { storage: 'local-lvm', sizeGib: 351 } },
  })
  expect(codes(container, [written])).toEqual([
    'storage.overcommitted hosts.pve.storages.local-lvm.sizeGib',
  ])
})

test('two pools on one mirror fail together, whichever disk each names first', () => {
  const topology = applyChanges(small(), [
    set('hosts.pve.storages.tank', {
      kind: 'zfspool',
      disk: 'sdb',
      moreDisks: ['sdc'],
      spareDisks: 1,
    }),
    set('hosts.pve.storages.tank2', {
      kind: 'zfspool',
      disk: 'sdc',
      moreDisks: ['sdb'],
      spareDisks: 1,
    }),
    set('vms.web.disks', { system: { kind: 'system', storage: 'tank' } }),
    set('vms.cp-1.disks', { system: { kind: 'system', storage: 'tank2' } }),
  ])
  expect(failureDomains(topology, ['web', 'cp-1', 'worker-1'])).toEqual(['pve/sdb', 'pve/nvme0'])
})

test('a mirror of an SSD and a hard disk is as slow as the hard disk', () => {
  const topology = applyChanges(small(), [
    set('hosts.pve.disks', { nvme0: { kind: 'nvme' }, sdb: { kind: 'hdd' }, sda: { kind: 'ssd' } }),
    set('hosts.pve.storages.local-lvm.moreDisks', ['sdb']),
  ])
  expect(validate(topology).map(({ code }) => code)).toContain('cluster.etcd-slow-disk')
})
