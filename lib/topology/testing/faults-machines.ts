import { type Fault, set } from './fault'

const spread = [set('vms.web.spread', 'apart'), set('vms.cp-1.spread', 'apart')]
const second = (rest: Record<string, string> = {}) =>
  set('hosts.pve-2', {
    role: 'proxmox',
    connection: 'lab',
    cpuThreads: 16,
    memoryMib: 65_536,
    storages: { shared: { kind: 'nfs', sizeGib: 900 } },
    ...rest,
  })
const onShared = [
  set('hosts.pve.storages.shared', { kind: 'nfs', sizeGib: 900, content: ['images'] }),
  set('vms.web.disks', { system: { kind: 'system', storage: 'shared' } }),
]
const backupOn = (storage: string) => [
  set('hosts.pve.storages.sda-2', { kind: 'dir', content: ['backup'], disk: 'sda' }),
  set('hosts.pve.storages.nvme-2', { kind: 'dir', content: ['backup'], disk: 'nvme0' }),
  set('hosts.pve.storages.nas', { kind: 'nfs', content: ['backup'] }),
  set('vms.web.backup', { storage }),
]
const gpu = [
  set('hosts.pve.gpus.card.mapping', 'card'),
  set('vms.web.gpus', ['card']),
  set('vms.web.bios', 'ovmf'),
]
const hba = { kind: 'hba', mapping: 'hba' }
const nfs = [
  set('vms.web.role', 'nfs'),
  set('vms.web.disks', { data: { kind: 'data', sizeGib: 20, use: 'nfs' } }),
]
const long = Array.from({ length: 4 }, () => 'a'.repeat(60)).join('.')

/** Hosts, disks, VMs, backups, names, bootstrap cycles, and the document's own notes. */
export const MACHINE_FAULTS: Fault[] = [
  [
    'host.proxmox-ended',
    'hosts.pve.version',
    [set('hosts.pve.version', '8.4')],
    false,
    [set('hosts.pve.version', '9.0')],
  ],
  [
    'host.memory-exceeded',
    'hosts.pve.memoryMib',
    [set('unmanaged.ha', { kind: 'vm', host: 'pve', memoryMib: 40_000 })],
    false,
    [set('unmanaged.ha', { kind: 'vm', host: 'pve', memoryMib: 20_000 })],
  ],
  [
    'host.cpu-overcommitted',
    'hosts.pve.cpuThreads',
    [set('hosts.pve.reserveThreads', 9)],
    false,
    [set('hosts.pve.reserveThreads', 8)],
  ],
  [
    'storage.overcommitted',
    'hosts.pve.storages.local-lvm.sizeGib',
    [set('unmanaged.nas', { kind: 'vm', host: 'pve', disks: { d: { sizeGib: 351 } } })],
    false,
    [set('unmanaged.nas', { kind: 'vm', host: 'pve', disks: { d: { sizeGib: 350 } } })],
  ],
  [
    'storage.exceeded',
    'hosts.pve.storages.local-lvm.sizeGib',
    [
      set('hosts.pve.storages.local-lvm.thin', false),
      set('hosts.pve.storages.local-lvm.sizeGib', 149),
    ],
    false,
    [
      set('hosts.pve.storages.local-lvm.thin', false),
      set('hosts.pve.storages.local-lvm.sizeGib', 150),
    ],
  ],
  [
    'vmid.taken',
    'vms.web.vmid',
    [set('unmanaged.nas', { kind: 'vm', host: 'pve', vmid: 202 })],
    true,
    [set('unmanaged.nas', { kind: 'vm', host: 'pve', vmid: 203 })],
  ],
  [
    'storage.sd-card',
    'hosts.pve.storages.local-lvm.disk',
    [set('hosts.pve.disks', { nvme0: { kind: 'sd-card' } })],
    false,
    [set('hosts.pve.disks', { nvme0: { kind: 'ssd' } })],
  ],
  [
    'host.panel-on-sd-card',
    'hosts.pi.disks',
    [set('hosts.pi.disks', { mmc: { kind: 'sd-card' } })],
    false,
    [set('hosts.pi.disks', { mmc: { kind: 'sd-card' }, hat: { kind: 'nvme' } })],
  ],
  [
    'host.zfs-memory',
    'hosts.pve.reserveMemoryMib',
    [set('hosts.pve.storages.tank', { kind: 'zfspool' })],
    true,
    [set('hosts.pve.storages.tank', { kind: 'zfspool' }), set('hosts.pve.reserveMemoryMib', 8192)],
  ],
  [
    'host.two-votes',
    'hosts.pve-2.connection',
    [second()],
    false,
    [second({ connection: 'other' })],
  ],
  ['name.reserved', 'vms.localhost', [set('vms.localhost', { role: 'plain' })], false],
  [
    'name.reserved',
    'vms.web.name',
    [set('vms.web.name', 'localhost')],
    true,
    [set('vms.web.name', 'local')],
  ],
  ['name.digits', 'vms.web.name', [set('vms.web.name', '12')], true, [set('vms.web.name', 'w12')]],
  [
    'name.too-long',
    'vms.web',
    [set('networks.lan.domain', `${long}.${'b'.repeat(9)}`)],
    false,
    [set('networks.lan.domain', `${long}.${'b'.repeat(5)}`)],
  ],
  [
    'vm.spread-unmet',
    'vms.web.spread',
    spread,
    false,
    [...spread, second(), set('vms.web.host', 'pve-2')],
  ],
  [
    'vm.ha-no-effect',
    'vms.web.ha',
    [set('vms.web.ha', {})],
    true,
    [set('vms.web.ha', { state: 'ignored' })],
  ],
  [
    'vm.ha-no-effect',
    'vms.web.ha',
    [second(), set('vms.web.ha', {})],
    true,
    [second(), ...onShared, set('vms.web.ha', {})],
  ],
  [
    'vm.ha-quorum',
    'vms.web.ha',
    [second(), ...onShared, set('vms.web.ha', {})],
    false,
    [
      second(),
      ...onShared,
      set('hosts.pve-3', { role: 'proxmox', connection: 'lab' }),
      set('vms.web.ha', {}),
    ],
  ],
  [
    'vm.ha-elsewhere',
    'vms.web.ha.hosts',
    [second({ connection: 'other' }), set('vms.web.ha', { hosts: ['pve-2'] })],
    false,
    [second(), set('vms.web.ha', { hosts: ['pve-2'] })],
  ],
  [
    'device.shared',
    'vms.web.devices.0',
    [
      set('hosts.pve.devices', { hba }),
      set('vms.cp-1.devices', ['hba']),
      set('vms.web.devices', ['hba']),
    ],
    false,
    [set('hosts.pve.devices', { hba }), set('vms.web.devices', ['hba'])],
  ],
  ['device.no-mapping', 'hosts.pve.gpus.card.mapping', gpu.slice(1), false, gpu],
  [
    'gpu.machine',
    'vms.web.machine',
    [...gpu, set('vms.web.machine', 'i440fx')],
    true,
    [...gpu, set('vms.web.machine', 'q35')],
  ],
  [
    'gpu.balloon',
    'vms.web.balloonMib',
    [...gpu, set('vms.web.balloonMib', 1)],
    true,
    [...gpu, set('vms.web.balloonMib', 0)],
  ],
  [
    'gpu.kernel',
    'templates.ubuntu.packages',
    [...gpu, set('templates.ubuntu.os', 'debian'), set('templates.ubuntu.release', '13')],
    true,
    gpu,
  ],
  ['backup.no-storage', 'vms.web.backup', [set('vms.web.backup', {})], false, backupOn('nas')],
  [
    'backup.no-storage',
    'vms.web.backup.storage',
    [set('vms.web.backup', { storage: 'thick' })],
    false,
    backupOn('sda-2'),
  ],
  ['backup.same-disk', 'vms.web.backup.storage', backupOn('nvme-2'), false, backupOn('sda-2')],
  ['backup.same-host', 'vms.web.backup.storage', backupOn('sda-2'), false, backupOn('nas')],
  [
    'backup.inside',
    'vms.web.backup.service',
    [
      set('services.pbs', { kind: 'backup', runsOn: 'web' }),
      set('vms.web.backup', { service: 'pbs' }),
    ],
    false,
    [
      set('services.pbs', { kind: 'backup', runsOn: 'pi' }),
      set('vms.web.backup', { service: 'pbs' }),
    ],
  ],
  [
    'backup.same-host',
    'vms.web.backup.service',
    [
      set('services.pbs', { kind: 'backup', runsOn: 'cp-1' }),
      set('vms.web.backup', { service: 'pbs' }),
    ],
    false,
    [
      set('services.pbs', { kind: 'backup', runsOn: 'pi' }),
      set('vms.web.backup', { service: 'pbs' }),
    ],
  ],
  [
    'backup.inside',
    'services.s3.runsOn',
    [
      set('services.s3', { kind: 'backup', url: 'https://s3.lan', runsOn: 'k8s' }),
      set('clusters.k8s.addOns.velero', {}),
    ],
    false,
    [
      set('services.s3', { kind: 'backup', url: 'https://s3.lan', runsOn: 'pi' }),
      set('clusters.k8s.addOns.velero', {}),
    ],
  ],
  ['backup.none', 'vms.web.backup', nfs, false, [...nfs, ...backupOn('nas')]],
  [
    'bootstrap.cycle',
    'services.pihole.neededBy',
    [set('services.pihole', { kind: 'dns', runsOn: 'web', neededBy: ['panel'] })],
    false,
    [set('services.pihole', { kind: 'dns', runsOn: 'pi', neededBy: ['panel'] })],
  ],
  [
    'bootstrap.cycle',
    'services.git.neededBy',
    [set('services.git', { kind: 'git', runsOn: 'k8s', neededBy: ['hosts', 'clusters'] })],
    false,
    [set('services.git', { kind: 'git', neededBy: ['hosts', 'clusters'] })],
  ],
  [
    'bootstrap.cycle',
    'networks.lan.dnsServer',
    [set('hosts.pve.network', 'lan'), set('networks.lan.dnsServer', 'web')],
    false,
    [set('hosts.pve.network', 'lan'), set('networks.lan.dnsServer', 'router')],
  ],
  [
    'bootstrap.cycle',
    'clusters.k8s.registries.hub.mirror',
    [
      set('services.harbor', { kind: 'registry', url: 'https://harbor.lan', runsOn: 'k8s' }),
      set('clusters.k8s.registries', {
        hub: { registry: 'docker.io', mirror: 'https://harbor.lan/v2' },
      }),
    ],
    false,
    [
      set('services.harbor', { kind: 'registry', url: 'https://harbor.lan', runsOn: 'pi' }),
      set('clusters.k8s.registries', {
        hub: { registry: 'docker.io', mirror: 'https://harbor.lan/v2' },
      }),
    ],
  ],
  [
    'hold.gone',
    'holds.0',
    [set('holds', [{ path: ['vms', 'gone'], by: 'ada', reason: 'x' }])],
    true,
    [set('holds', [{ path: ['vms', 'web'], by: 'ada', reason: 'x' }])],
  ],
  [
    'hold.over',
    'holds.0',
    [set('holds', [{ path: ['vms', 'web'], until: '2026-11-23', by: 'ada', reason: 'x' }])],
    true,
    [set('holds', [{ path: ['vms', 'web'], until: '2026-11-24', by: 'ada', reason: 'x' }])],
  ],
  [
    'field.not-applied',
    'holds',
    [set('holds', [{ path: ['vms', 'web'], by: 'ada', reason: 'x' }])],
    false,
    [set('holds', [])],
  ],
  [
    'acknowledged.gone',
    'acknowledged.0',
    [set('acknowledged', [{ code: 'nic.mtu', path: ['vms'], by: 'ada', reason: 'x' }])],
    true,
    [
      set('acknowledged', [
        { code: 'nic.mtu', path: ['vms', 'web', 'nics', 'dmz', 'mtu'], by: 'ada', reason: 'x' },
      ]),
      set('vms.web.nics.dmz.mtu', 9000),
    ],
  ],
  ['field.not-applied', 'vms.web.gpus', gpu, false, [set('vms.web.ha')]],
  [
    'host.unknown-part',
    'hosts.pve.storages.thick.disk',
    [set('hosts.pve.disks', { nvme0: { kind: 'nvme' }, sdb: { kind: 'ssd' } })],
    true,
    [set('hosts.pve.disks', { nvme0: { kind: 'nvme' }, sda: { kind: 'ssd' } })],
  ],
  [
    'host.stays-off',
    'hosts.pve.power.afterPowerLoss',
    [set('hosts.pve.power', { afterPowerLoss: 'off' })],
    false,
    [set('hosts.pve.power', { afterPowerLoss: 'off', wakeOnLan: true })],
  ],
  [
    'storage.spare-disks',
    'hosts.pve.storages.thick.spareDisks',
    [set('hosts.pve.storages.thick.spareDisks', 1)],
    true,
    [
      set('hosts.pve.storages.thick.spareDisks', 1),
      set('hosts.pve.storages.thick.moreDisks', ['sdb']),
    ],
  ],
  [
    'bootstrap.cycle',
    'hosts.pve.storages.nas.servedBy',
    [
      set('hosts.pve.storages.nas', { kind: 'nfs', servedBy: 'web' }),
      set('vms.web.disks', { system: { kind: 'system', storage: 'nas' } }),
    ],
    false,
    [
      set('hosts.pve.storages.nas', { kind: 'nfs', servedBy: 'pi' }),
      set('vms.web.disks', { system: { kind: 'system', storage: 'nas' } }),
    ],
  ],
  [
    'bootstrap.cycle',
    'routers.router.runsOn',
    [
      set('hosts.pi.network', 'dmz'),
      set('hosts.pve.network', 'lan'),
      set('routers.router.runsOn', 'web'),
    ],
    false,
    [
      set('hosts.pi.network', 'lan'),
      set('hosts.pve.network', 'lan'),
      set('routers.router.runsOn', 'web'),
    ],
  ],
  [
    'backup.inside',
    'vms.web.backup.storage',
    [
      set('hosts.pve.storages.nas', { kind: 'nfs', servedBy: 'web' }),
      set('vms.web.backup', { storage: 'nas' }),
    ],
    false,
    [
      set('hosts.pve.storages.nas', { kind: 'nfs', servedBy: 'pi' }),
      set('vms.web.backup', { storage: 'nas' }),
    ],
  ],
  [
    'vm.ha-no-effect',
    'vms.web.ha',
    [
      second(),
      ...onShared,
      set('hosts.pve.storages.shared.servedBy', 'cp-1'),
      set('vms.web.ha', {}),
    ],
    true,
    [second(), ...onShared, set('hosts.pve.storages.shared.servedBy', 'pi'), set('vms.web.ha', {})],
  ],
]
