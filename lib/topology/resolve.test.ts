import { expect, test } from 'vitest'
import { applyChanges } from './apply'
import { DARK_KNIGHT } from './blueprints/dark-knight'
import type { Json } from './change'
import { failureDomains, hostDomains } from './failure-domains'
import { diskSerial, resolveVm, resolveVms } from './resolve'
import { readTopology } from './testing/read-seed'
import { small } from './testing/small'

const set = (path: string, to?: Json) =>
  applyChanges(small(), [{ path: path.split('.'), ...(to === undefined ? {} : { to }) }])

test('what is not written has the published defaults', () => {
  expect(resolveVm(small(), 'worker-1')).toEqual({
    id: 'worker-1',
    name: 'worker-1',
    role: 'worker',
    host: 'pve',
    vmid: 201,
    template: 'ubuntu',
    cpus: 4,
    memoryMib: 16_384,
    balloonMib: 0,
    cpuType: 'x86-64-v2-AES',
    machine: 'q35',
    bios: 'seabios',
    agent: true,
    onBoot: true,
    startOrder: 4,
    startDelayS: null,
    protection: false,
    tags: [],
    pci: [],
    nics: [
      {
        id: 'lan',
        slot: 'net0',
        network: 'lan',
        bridge: 'vmbr0',
        vlan: null,
        address: '10.0.0.20',
        prefix: 24,
        gateway: '10.0.0.1',
        dns: [],
        domain: null,
        mac: 'BC:24:11:00:00:02',
        mtu: null,
        model: 'virtio',
        firewall: false,
      },
    ],
    disks: [
      {
        id: 'system',
        slot: 'scsi0',
        kind: 'system',
        serial: null,
        sizeGib: 60,
        storage: 'local-lvm',
        use: null,
        mount: null,
        discard: true,
        ssd: true,
        iothread: true,
      },
      {
        id: 'longhorn',
        slot: 'scsi1',
        kind: 'data',
        serial: diskSerial('worker-1', 'longhorn'),
        sizeGib: 50,
        storage: 'local-lvm',
        use: 'longhorn',
        mount: null,
        discard: true,
        ssd: true,
        iothread: true,
      },
    ],
  })
})

test('what is written wins, and only one NIC carries the default route', () => {
  const vm = resolveVm(set('vms.web.onBoot', false), 'web')
  expect(vm?.onBoot).toBe(false)
  expect(vm?.nics.map(({ gateway, vlan }) => [gateway, vlan])).toEqual([
    ['10.0.0.1', null],
    [null, 40],
  ])
  expect(resolveVm(small(), 'cp-1')).toMatchObject({ protection: true, startOrder: 3 })
})

test.each([
  ['a size that is not there', set('vms.web.size', 'gone')],
  ['a network that is not there', set('vms.web.nics.dmz.network', 'gone')],
  ['a data disk without a size', set('vms.web.disks', { d: { kind: 'data' } })],
  ['no such VM', applyChanges(small(), [{ path: ['vms', 'web'] }])],
])('with %s nothing is made up', (_, topology) => {
  expect(resolveVm(topology, 'web')).toBeNull()
})

test('the serial of a data disk is the same for life, and fits QEMU', () => {
  expect(diskSerial('nfs-storage', 'export')).toBe(diskSerial('nfs-storage', 'export'))
  expect(diskSerial('nfs-storage', 'export')).toMatch(/^db[0-9a-f]{16}$/)
  expect(diskSerial('a', 'b')).not.toBe(diskSerial('b', 'a'))
  // Written down, because disks that exist carry it.
  expect(diskSerial('k8s-worker-2', 'longhorn')).toMatchInlineSnapshot(`"dbbe2ac8a4c3c9ba09"`)
})

test('machines on one disk fail together', () => {
  const topology = readTopology(DARK_KNIGHT)
  const masters = ['k8s-master-1', 'k8s-master-2', 'k8s-master-3']
  expect(failureDomains(topology, masters)).toEqual(['pve1/nvme0'])
  expect(hostDomains(topology, masters)).toEqual(['pve1'])
  const apart = applyChanges(topology, [
    { path: ['hosts', 'pve2'], to: { role: 'proxmox' } },
    { path: ['vms', 'k8s-master-2', 'host'], to: 'pve2' },
    { path: ['vms', 'k8s-master-3', 'host'] },
  ])
  expect(hostDomains(apart, masters)).toHaveLength(3)
  expect(resolveVms(topology)).toHaveLength(8)
})
