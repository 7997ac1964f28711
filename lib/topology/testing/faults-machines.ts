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
const gpu = [
  set('hosts.pve.gpus.card.mapping', 'card'),
  set('vms.web.gpus', ['card']),
  set('vms.web.bios', 'ovmf'),
]
const hba = { kind: 'hba', mapping: 'hba' }
const long = Array.from({ length: 4 }, () => 'a'.repeat(60)).join('.')

const twoSites = [set('sites.home', {}), set('sites.edge', {}), set('hosts.pve.site', 'home')]
/** A disk of 75 GiB on each of two hosts, on a storage that both have. */
const bothOnNas = (sizeGib: number) => [
  second(),
  ...['pve', 'pve-2'].flatMap((host, i) => [
    set(`hosts.${host}.storages.nas`, { kind: 'nfs', sizeGib, content: ['images'] }),
    set(`vms.on-nas-${i}`, {
      ...{ role: 'plain', host, template: 'ubuntu', size: 'tiny' },
      disks: { data: { kind: 'data', sizeGib: 75, storage: 'nas' } },
    }),
  ]),
]

/** Hosts, disks, VMs, names, and what is passed through to VMs. */
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
    'bootstrap.panel-inside',
    'hosts.pi.runsOn',
    [set('hosts.pi.runsOn', 'web'), set('hosts.pi.address', '10.0.0.40')],
    false,
    [set('unmanaged.ct', { kind: 'lxc' }), set('hosts.pi.runsOn', 'ct')],
  ],
  [
    'bootstrap.panel-inside',
    'hosts.pi.runsOn',
    [set('unmanaged.ct', { kind: 'lxc', host: 'pve' }), set('hosts.pi.runsOn', 'ct')],
    false,
    [set('hosts.box', { role: 'other' }), set('hosts.pi.runsOn', 'box')],
  ],
  [
    'host.same-node',
    'hosts.pve-2.node',
    [second({ node: 'pve' })],
    false,
    [second({ node: 'pve', connection: 'other' })],
  ],
  [
    'template.elsewhere',
    'templates.ubuntu.host',
    [second(), set('vms.web.host', 'pve-2')],
    false,
    [
      second(),
      set('vms.web.host', 'pve-2'),
      set('templates.far', { host: 'pve-2', os: 'ubuntu', release: '24.04', vmid: 9001 }),
      set('vms.web.template', 'far'),
    ],
  ],
  [
    'template.elsewhere',
    'templates.ubuntu.host',
    [second(), set('vms.web.host', 'pve-2'), set('templates.ubuntu.host', 'pve')],
    false,
    [second(), set('vms.web.host', 'pve-2'), set('hosts.pve.storages.local-lvm.shared', true)],
  ],
  [
    'storage.overcommitted',
    'hosts.pve.storages.nas.sizeGib',
    bothOnNas(100),
    false,
    bothOnNas(160),
  ],
  [
    'storage.no-images',
    'hosts.pve.storages.nas.content',
    [
      set('hosts.pve.storages.nas', { kind: 'pbs' }),
      set('vms.web.disks', { system: { kind: 'system', storage: 'nas' } }),
    ],
    false,
    [
      set('hosts.pve.storages.nas', { kind: 'nfs' }),
      set('vms.web.disks', { system: { kind: 'system', storage: 'nas' } }),
    ],
  ],
  [
    'vm.panel-host',
    'vms.web.host',
    [set('hosts.box', { role: 'other' }), set('vms.web.host', 'box')],
    true,
    [set('hosts.box', { role: 'other' })],
  ],
  [
    'network.other-site',
    'vms.web.nics.dmz.network',
    [...twoSites, set('networks.dmz.site', 'edge')],
    false,
    [...twoSites, set('networks.dmz.site', 'home')],
  ],
  [
    'network.other-site',
    'hosts.pve.network',
    [
      ...twoSites,
      set('networks.far', { cidr: '10.9.0.0/24', vlan: 9, site: 'edge' }),
      set('hosts.pve.network', 'far'),
    ],
    false,
    [
      ...twoSites,
      set('networks.far', { cidr: '10.9.0.0/24', vlan: 9 }),
      set('hosts.pve.network', 'far'),
    ],
  ],
  [
    'vm.ha-no-effect',
    'vms.web.ha',
    [
      second(),
      ...onShared,
      set('hosts.pve-2.storages', { local: { kind: 'dir' } }),
      set('vms.web.ha', {}),
    ],
    true,
    [
      second(),
      ...onShared,
      set('hosts.pve-2.storages', { shared: { kind: 'nfs' } }),
      set('vms.web.ha', {}),
    ],
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
    'device.usb',
    'vms.web.devices.0',
    [set('hosts.pve.devices', { stick: { kind: 'usb' } }), set('vms.web.devices', ['stick'])],
    false,
    [set('hosts.pve.devices', { hba }), set('vms.web.devices', ['hba'])],
  ],
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
