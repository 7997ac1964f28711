import { type Fault, set } from './fault'

const floating = (address: string, by = 'keepalived') =>
  set('clusters.k8s.endpoint', { name: 'k8s.lan', address, floating: by })

/** Who has which address: machines, names of machines, and addresses that are kept. */
export const ADDRESS_FAULTS: Fault[] = [
  ['field.not-applied', 'clusters.k8s.endpoint.floating', [floating('10.0.0.9')], false],
  [
    'ip.duplicate',
    'hosts.pve.bmc.address',
    [
      set('hosts.pve.address', '10.0.0.5'),
      set('hosts.pve.bmc', { kind: 'ipmi', address: '10.0.0.5' }),
    ],
    false,
    [
      set('hosts.pve.address', '10.0.0.5'),
      set('hosts.pve.bmc', { kind: 'ipmi', address: '10.0.0.6' }),
    ],
  ],
  [
    'ip.duplicate',
    'ups.eaton.address',
    [set('hosts.pve.address', '10.0.0.5'), set('ups.eaton', { address: '10.0.0.5' })],
    false,
    [set('hosts.pve.address', '10.0.0.5'), set('ups.eaton', { address: '10.0.0.6' })],
  ],
  [
    'ip.duplicate',
    'vms.web.nics.lan.address',
    [set('switches.core', { address: '10.0.0.40' })],
    true,
    [set('switches.core', { address: '10.0.0.41' })],
  ],
  [
    'ip.duplicate',
    'unmanaged.nas.addresses',
    [
      set('unmanaged.ha', { kind: 'vm', addresses: ['10.0.0.5'] }),
      set('unmanaged.nas', { kind: 'lxc', addresses: ['10.0.0.5'] }),
    ],
    false,
    [
      set('unmanaged.ha', { kind: 'vm', addresses: ['10.0.0.5'] }),
      set('unmanaged.nas', { kind: 'lxc', addresses: ['10.0.0.6'] }),
    ],
  ],
  [
    'ip.duplicate',
    'networks.lan.gateway',
    [set('ups.eaton', { address: '10.0.0.1' }), set('routers.router.address')],
    false,
    [set('switches.core', { address: '10.0.0.1' }), set('routers.router.address')],
  ],
  [
    'ip.duplicate',
    'routers.router.address',
    [set('switches.core', { address: '10.0.0.1' })],
    false,
    [set('switches.core', { address: '10.0.0.2' })],
  ],
  [
    'ip.duplicate',
    'services.pbs.address',
    [set('services.pbs', { kind: 'backup', runsOn: 'pi', address: '10.0.0.40' })],
    false,
    [set('services.pbs', { kind: 'backup', runsOn: 'web', address: '10.0.0.40' })],
  ],
  [
    'ip.duplicate',
    'sites.home.wireguard.address',
    [set('sites.home', { wireguard: { address: '10.0.0.40' } })],
    false,
    [set('sites.home', { wireguard: { address: '10.0.0.40', gateway: 'web' } })],
  ],
  [
    'ip.duplicate',
    'clusters.k8s.endpoint.address',
    [floating('10.0.0.10')],
    false,
    [floating('10.0.0.11')],
  ],
  [
    'ip.reserved',
    'vms.web.nics.lan.address',
    [set('vms.web.nics.lan.address', '10.0.0.1'), set('routers.router.address')],
    true,
    [set('vms.web.nics.lan.address', '10.0.0.1'), set('routers.router', { runsOn: 'web' })],
  ],
  [
    'ip.taken',
    'vms.web.nics.lan.address',
    [set('reservations.web', { address: '10.0.0.40', mac: 'BC:24:11:00:00:99' })],
    true,
    [set('reservations.web', { address: '10.0.0.40', mac: 'BC:24:11:00:00:03' })],
  ],
  [
    'network.vlan-duplicate',
    'networks.far.vlan',
    [set('networks.far', { cidr: '10.9.0.0/24', vlan: 40 })],
    false,
    [
      set('sites', { home: {}, cabin: {} }),
      set('networks.dmz.site', 'home'),
      set('networks.far', { cidr: '10.9.0.0/24', vlan: 40, site: 'cabin' }),
    ],
  ],
  [
    'cluster.endpoint-not-shared',
    'clusters.k8s.endpoint.floating',
    [floating('10.9.0.9')],
    false,
    [floating('10.0.0.9')],
  ],
  [
    'cluster.endpoint-alone',
    'clusters.k8s.endpoint.floating',
    [floating('10.0.0.9')],
    false,
    [floating('10.0.0.9'), set('clusters.k8s.controlPlanes', ['cp-1', 'worker-1'])],
  ],
]
