import { type Fault, set } from './fault'

const backupOn = (storage: string) => [
  set('hosts.pve.storages.sda-2', { kind: 'dir', content: ['backup'], disk: 'sda' }),
  set('hosts.pve.storages.nvme-2', { kind: 'dir', content: ['backup'], disk: 'nvme0' }),
  set('hosts.pve.storages.nas', { kind: 'nfs', content: ['backup'] }),
  set('vms.web.backup', { storage }),
]
const nfs = [
  set('vms.web.role', 'nfs'),
  set('vms.web.disks', { data: { kind: 'data', sizeGib: 20, use: 'nfs' } }),
]

/** Backups, bootstrap cycles, and the document's own notes: holds, what was accepted, what is not applied. */
export const SAFETY_FAULTS: Fault[] = [
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
    'hold.no-effect',
    'holds.0',
    [set('holds', [{ path: ['networks', 'lan'], by: 'ada', reason: 'x' }])],
    true,
    [set('holds', [{ path: ['clusters', 'k8s', 'addOns', 'longhorn'], by: 'ada', reason: 'x' }])],
  ],
  [
    'hold.over',
    'holds.0',
    [set('holds', [{ path: ['vms', 'web'], until: '2026-11-23', by: 'ada', reason: 'x' }])],
    true,
    [set('holds', [{ path: ['vms', 'web'], until: '2026-11-24', by: 'ada', reason: 'x' }])],
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
  ['field.not-applied', 'vms.web.ha', [set('vms.web.ha', { state: 'started' })], false],
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
]
