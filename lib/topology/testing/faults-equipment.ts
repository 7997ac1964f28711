import { type Fault, set } from './fault'

const mirror = (sizeGib: number) =>
  set('hosts.pve.storages.thick', {
    ...{ kind: 'zfspool', sizeGib, disk: 'sda', moreDisks: ['sdb'], spareDisks: 1 },
  })
const disks = set('hosts.pve.disks', {
  ...{ nvme0: { kind: 'nvme', sizeGib: 931 } },
  ...{ sda: { kind: 'ssd', sizeGib: 200 }, sdb: { kind: 'ssd', sizeGib: 250 } },
})
const ups = (rest: object) => set('ups.eaton', { feeds: ['pve'], host: 'pi', ...rest })
const key = (last: string) => `${last.repeat(43)}=`
const site = (address: string, publicKey: string) => ({ wireguard: { address, publicKey } })

/** Power, disks, devices and what stands in the wrong network. */
export const EQUIPMENT_FAULTS: Fault[] = [
  [
    'equipment.outside-network',
    'switches.core.address',
    [set('switches.core', { address: '10.4.0.2', network: 'lan' })],
    false,
    [set('switches.core', { address: '10.0.0.2', network: 'lan' })],
  ],
  [
    'equipment.outside-network',
    'hosts.pve.bmc.address',
    [set('hosts.pve.bmc', { kind: 'ipmi', address: '10.4.0.2', network: 'lan' })],
    false,
    [set('hosts.pve.bmc', { kind: 'ipmi', address: '10.4.0.2', network: 'dmz' })],
  ],
  [
    'equipment.outside-network',
    'unmanaged.nas.addresses',
    [set('unmanaged.nas', { kind: 'vm', addresses: ['10.4.0.12'], network: 'lan' })],
    false,
    [set('unmanaged.nas', { kind: 'vm', addresses: ['10.4.0.12', '10.0.0.5'], network: 'lan' })],
  ],
  [
    'ups.overloaded',
    'ups.eaton.capacityVa',
    [ups({ capacityVa: 650 }), set('hosts.pve.power', { watts: 391 })],
    false,
    [ups({ capacityVa: 650 }), set('hosts.pve.power', { watts: 390 })],
  ],
  [
    'ups.nobody-told',
    'ups.eaton.host',
    [set('ups.eaton', { feeds: ['pve'], runtimeMin: 9 })],
    false,
    [set('ups.eaton', { feeds: ['pi'], runtimeMin: 9 })],
  ],
  [
    'storage.larger-than-disks',
    'hosts.pve.storages.thick.sizeGib',
    [disks, mirror(201)],
    false,
    [disks, mirror(200)],
  ],
  [
    'device.twice',
    'hosts.pve.devices.hba.pci',
    [
      set('hosts.pve.gpus.card.pci', '0000:01:00.0'),
      set('hosts.pve.devices', { hba: { kind: 'hba', pci: '0000:01:00.0' } }),
    ],
    false,
    [
      set('hosts.pve.gpus.card.pci', '0000:01:00.0'),
      set('hosts.pve.devices', { hba: { kind: 'hba', pci: '0000:01:00.1' } }),
    ],
  ],
  [
    'backup.endless',
    'vms.web.backup',
    [set('vms.web.backup', { storage: 'thick', schedule: '02:30' })],
    false,
    [set('vms.web.backup', { storage: 'thick', schedule: '02:30', keepDaily: 7 })],
  ],
  [
    'site.same-key',
    'sites.cabin.wireguard.publicKey',
    [set('sites', { home: site('10.9.0.1', key('A')), cabin: site('10.9.0.2', key('A')) })],
    false,
    [set('sites', { home: site('10.9.0.1', key('A')), cabin: site('10.9.0.2', key('B')) })],
  ],
]
