import { type Fault, set } from './fault'

const v6 = (cidr: string, rest: Record<string, string | boolean> = {}) => ({ cidr, ...rest })
const cabled = (tagged: string[]) => [
  set('networks.dmz.router', 'router'),
  set('switches.s', {
    portMap: {
      p1: { to: 'pve', untagged: 'lan', tagged },
      p2: { to: 'router', untagged: 'lan', tagged: ['dmz'] },
    },
  }),
]
const two = [
  set('vms.far', {
    role: 'plain',
    host: 'pve',
    template: 'ubuntu',
    size: 'tiny',
    nics: { dmz: { network: 'dmz' } },
  }),
  set('clusters.k8s.nfs', 'far'),
  set('vms.far.role', 'nfs'),
  set('vms.far.disks', { data: { kind: 'data', sizeGib: 10, use: 'nfs' } }),
]
const deny = (rest: object) => set('policies.no', { action: 'deny', ...rest })
const allow = (rest: object) => set('policies.yes', { action: 'allow', ...rest })

const site = (address: string, rest: object = {}) => ({ wireguard: { address, ...rest } })

/** Servers, wires, IPv6, SDN and policies. */
export const NETWORK_FAULTS: Fault[] = [
  [
    'network.two-dhcp-servers',
    'networks.lan.dhcpServer',
    [
      set('networks.lan.dhcpServer', 'router'),
      set('services.pihole', { kind: 'dhcp', network: 'lan' }),
    ],
    false,
    [
      set('networks.lan.dhcpServer', 'pihole'),
      set('services.pihole', { kind: 'dhcp', network: 'lan' }),
    ],
  ],
  [
    'network.dhcp-elsewhere',
    'networks.dmz.dhcpServer',
    [set('networks.dmz.dhcpServer', 'cp-1')],
    false,
    [set('networks.dmz.dhcpServer', 'web')],
  ],
  [
    'network.dhcp-no-pool',
    'networks.dmz.dhcpServer',
    [set('networks.dmz.dhcpServer', 'web')],
    false,
    [set('networks.lan.dhcpServer', 'router')],
  ],
  [
    'network.dns-not-served',
    'networks.lan.dns',
    [set('networks.lan.dnsServer', 'router'), set('networks.lan.dns', ['10.0.0.53'])],
    true,
    [set('networks.lan.dnsServer', 'router'), set('networks.lan.dns', ['10.0.0.1'])],
  ],
  [
    'network.single-resolver',
    'networks.lan.dns',
    [set('hosts.pve.network', 'lan'), set('networks.lan.dns', ['10.0.0.40'])],
    false,
    [set('hosts.pve.network', 'lan'), set('networks.lan.dns', ['10.0.0.40', '10.0.0.1'])],
  ],
  [
    'ip.in-dhcp',
    'hosts.pve.address',
    [set('hosts.pve.address', '10.0.0.200')],
    false,
    [set('hosts.pve.address', '10.0.0.199')],
  ],
  [
    'ip.in-metallb',
    'hosts.pve.address',
    [set('hosts.pve.address', '10.0.0.120')],
    false,
    [set('hosts.pve.address', '10.0.0.121')],
  ],
  [
    'ip.taken',
    'vms.web.nics.lan.address',
    [set('reservations.printer', { address: '10.0.0.40' })],
    true,
    [set('reservations.printer', { address: '10.0.0.40', until: '2026-11-23' })],
  ],
  [
    'ip.duplicate',
    'vms.web.nics.lan.address',
    [set('unmanaged.nas', { kind: 'lxc', addresses: ['10.0.0.40'] })],
    true,
    [set('unmanaged.nas', { kind: 'lxc', addresses: ['10.0.0.41'] })],
  ],
  [
    'reservation.over',
    'reservations.printer',
    [set('reservations.printer', { address: '10.0.0.60', until: '2026-11-23' })],
    true,
    [set('reservations.printer', { address: '10.0.0.60', until: '2026-11-24' })],
  ],
  [
    'reservation.outside-network',
    'reservations.printer.address',
    [set('reservations.printer', { address: '10.0.1.60', network: 'lan' })],
    false,
    [set('reservations.printer', { address: '10.0.0.60', network: 'lan' })],
  ],
  [
    'host.no-bridge',
    'networks.dmz.bridge',
    [set('hosts.pve.bridges', { vmbr0: {} }), set('networks.dmz.bridge', 'vmbr1')],
    false,
    [set('hosts.pve.bridges', { vmbr0: {}, vmbr1: {} }), set('networks.dmz.bridge', 'vmbr1')],
  ],
  [
    'network.mtu-bridge',
    'hosts.pve.bridges.vmbr0.mtu',
    [set('hosts.pve.bridges', { vmbr0: {} }), set('networks.dmz.mtu', 1501)],
    true,
    [set('hosts.pve.bridges', { vmbr0: {} }), set('networks.dmz.mtu', 1500)],
  ],
  [
    'network.mtu-switch',
    'switches.s.mtu',
    [
      set('networks.dmz.mtu', 9000),
      set('networks.dmz.router', 'router'),
      set('switches.s', { links: ['pve', 'router'] }),
    ],
    false,
    [
      set('networks.dmz.mtu', 9000),
      set('networks.dmz.router', 'router'),
      set('switches.s', { links: ['pve', 'router'], mtu: 9000 }),
    ],
  ],
  [
    'nic.mtu',
    'vms.web.nics.dmz.mtu',
    [set('vms.web.nics.dmz.mtu', 9000)],
    true,
    [set('vms.web.nics.dmz.mtu', 9000), set('networks.dmz.mtu', 9000)],
  ],
  ['network.vlan-not-carried', 'switches.s.portMap.p1.tagged', cabled([]), true, cabled(['dmz'])],
  [
    'switch.unmanaged-tagged',
    'switches.s.portMap.p1',
    [set('switches.s', { managed: false, portMap: { p1: { tagged: ['dmz'] } } })],
    false,
    [set('switches.s', { managed: false, portMap: { p1: { to: 'pve' } } })],
  ],
  [
    'network.ipv6-host-bits',
    'networks.lan.ipv6.cidr',
    [set('networks.lan.ipv6', v6('fd00:2::1/64'))],
    true,
    [set('networks.lan.ipv6', v6('fd00:2::/64'))],
  ],
  [
    'network.ipv6-slaac-prefix',
    'networks.lan.ipv6.cidr',
    [set('networks.lan.ipv6', v6('fd00:2::/56'))],
    false,
    [set('networks.lan.ipv6', v6('fd00:2::/56', { mode: 'static' }))],
  ],
  [
    'network.ipv6-delegated',
    'networks.lan.ipv6.mode',
    [set('networks.lan.ipv6', v6('2001:db8:2::/64', { delegated: true, mode: 'static' }))],
    true,
    [set('networks.lan.ipv6', v6('2001:db8:2::/64', { delegated: true }))],
  ],
  [
    'network.ipv6-gateway-outside',
    'networks.lan.ipv6.gateway',
    [set('networks.lan.ipv6', v6('fd00:2::/64', { gateway: 'fd00:3::1' }))],
    false,
    [set('networks.lan.ipv6', v6('fd00:2::/64', { gateway: 'fe80::1' }))],
  ],
  [
    'network.ipv6-overlap',
    'networks.far.ipv6.cidr',
    [
      set('networks.lan.ipv6', v6('fd00::/48', { mode: 'static' })),
      set('networks.dmz.ipv6', v6('fd00:0:0:1::/64')),
      set('networks.far', { cidr: '10.9.0.0/24', vlan: 9, ipv6: v6('fd00:0:0:2::/64') }),
    ],
    false,
    [
      set('networks.lan.ipv6', v6('fd00::/48', { mode: 'static' })),
      set('networks.far', { cidr: '10.9.0.0/24', vlan: 9, ipv6: v6('fd00:0:1::/64') }),
    ],
  ],
  [
    'network.ipv6-overlap',
    'networks.dmz.ipv6.cidr',
    [
      set('networks.lan.ipv6', v6('fd00::/48', { mode: 'static' })),
      set('networks.dmz.ipv6', v6('fd00:0:0:4::/64')),
    ],
    false,
    [
      set('networks.lan.ipv6', v6('fd00::/48', { mode: 'static' })),
      set('networks.dmz.ipv6', v6('fd00:0:1:4::/64')),
    ],
  ],
  [
    'network.realise-no-bridge',
    'networks.dmz.realise',
    [set('networks.dmz.realise', 'bridge')],
    false,
    [set('networks.dmz.realise', 'bridge'), set('networks.dmz.bridge', 'vmbr7')],
  ],
  [
    'network.realise-no-bridge',
    'networks.dmz.realise',
    [
      set('networks.dmz.realise', 'bridge'),
      set('networks.dmz.bridge', 'vmbr7'),
      set('networks.dmz.sdn', { zone: 'home', kind: 'vlan' }),
    ],
    false,
    [set('networks.dmz.sdn', { zone: 'home', kind: 'vlan' })],
  ],
  [
    'network.sdn-zone',
    'networks.dmz.sdn.zone',
    [set('networks.dmz.sdn', { zone: 'z', kind: 'vlan' })],
    false,
    [set('networks.dmz.sdn', { zone: 'zz', kind: 'vlan' })],
  ],
  [
    'network.sdn-zone',
    'networks.dmz.sdn.kind',
    [
      set('networks.lan.sdn', { zone: 'home', kind: 'simple' }),
      set('networks.dmz.sdn', { zone: 'home', kind: 'vlan' }),
    ],
    true,
    [
      set('networks.lan.sdn', { zone: 'home', kind: 'simple' }),
      set('networks.dmz.sdn', { zone: 'away', kind: 'vlan' }),
    ],
  ],
  [
    'network.sdn-no-tag',
    'networks.lan.vlan',
    [set('networks.lan.sdn', { zone: 'home', kind: 'vlan' })],
    false,
    [set('networks.lan.sdn', { zone: 'home', kind: 'simple' })],
  ],
  [
    'policy.port-range',
    'policies.no.ports',
    [deny({ ports: ['tcp/65536'] })],
    false,
    [deny({ ports: ['tcp/65535'] })],
  ],
  [
    'policy.contradiction',
    'policies.yes.action',
    [deny({ from: ['dmz'], to: ['lan'] }), allow({ from: ['dmz'], to: ['lan'] })],
    false,
    [
      deny({ from: ['dmz'], to: ['lan'] }),
      allow({ from: ['dmz'], to: ['lan'], ports: ['tcp/53'] }),
    ],
  ],
  [
    'policy.blocks-cluster',
    'policies.no',
    [...two, deny({ from: ['lan'], to: ['dmz'], ports: ['tcp/2049'] })],
    false,
    [...two, deny({ from: ['lan'], to: ['dmz'], ports: ['tcp/2050'] })],
  ],
  [
    'policy.blocks-cluster',
    'policies.no',
    [...two, deny({ from: ['lan'], to: ['dmz'] })],
    false,
    [
      ...two,
      deny({ from: ['lan'], to: ['dmz'] }),
      allow({ from: ['lan'], to: ['dmz'], ports: ['tcp/2049'] }),
    ],
  ],
  [
    'policy.blocks-panel',
    'policies.no',
    [set('hosts.pi.network', 'dmz'), deny({ from: ['dmz'], to: ['lan'] })],
    false,
    [
      set('hosts.pi.network', 'dmz'),
      deny({ from: ['dmz'], to: ['lan'] }),
      allow({ from: ['dmz'], to: ['lan'], ports: ['tcp/22'] }),
    ],
  ],
  [
    'policy.blocks-internet',
    'policies.no.internet',
    [deny({ from: ['lan'], internet: true })],
    false,
    [deny({ from: ['dmz'], internet: true })],
  ],
  [
    'field.not-applied',
    'policies.no',
    [deny({ from: ['dmz'], to: ['lan'], ports: ['tcp/23'] })],
    false,
  ],
  [
    'field.not-applied',
    'networks.lan.ipv6',
    [set('networks.lan.ipv6', v6('fd00:2::/64'))],
    false,
    [set('networks.lan.mtu', 1500)],
  ],
  [
    'name.mdns',
    'networks.lan.domain',
    [set('networks.lan.domain', 'home.local')],
    false,
    [set('networks.lan.domain', 'home.arpa')],
  ],
  [
    'site.tunnel-overlap',
    'sites.home.wireguard.cidr',
    [set('sites.home', site('10.244.9.1', { cidr: '10.244.9.0/24' }))],
    false,
    [set('sites.home', site('10.245.0.1', { cidr: '10.245.0.0/24' }))],
  ],
  [
    'site.tunnel-address',
    'sites.home.wireguard.address',
    [set('sites.home', site('10.245.1.1', { cidr: '10.245.0.0/24' }))],
    false,
    [set('sites.home', site('10.245.0.255', { cidr: '10.245.0.0/24' }))],
  ],
  [
    'site.tunnel-address',
    'sites.edge.wireguard.address',
    [set('sites.home', site('10.245.0.1')), set('sites.edge', site('10.245.0.1'))],
    false,
    [set('sites.home', site('10.245.0.1')), set('sites.edge', site('10.245.0.2'))],
  ],
  [
    'site.one-sided',
    'sites.edge.wireguard.peers',
    [
      set('sites.home', site('10.245.0.1', { peers: ['edge'], endpoint: 'home.example.org' })),
      set('sites.edge', site('10.245.0.2')),
    ],
    true,
    [
      set('sites.home', site('10.245.0.1', { peers: ['edge'], endpoint: 'home.example.org' })),
      set('sites.edge', site('10.245.0.2', { peers: ['home'] })),
    ],
  ],
  [
    'site.nobody-listens',
    'sites.edge.wireguard.endpoint',
    [
      set('sites.home', site('10.245.0.1', { peers: ['edge'] })),
      set('sites.edge', site('10.245.0.2', { peers: ['home'] })),
    ],
    false,
    [
      set('sites.home', site('10.245.0.1', { peers: ['edge'] })),
      set('sites.edge', site('10.245.0.2', { peers: ['home'], endpoint: 'edge.example.org' })),
    ],
  ],
  [
    'site.routes-overlap',
    'sites.edge.wireguard.networks',
    [
      set('sites.home', site('10.245.0.1', { peers: ['edge'], endpoint: 'home.example.org' })),
      set('sites.edge', site('10.245.0.2', { peers: ['home'] })),
      set('networks.lan.site', 'home'),
      set('networks.far', { cidr: '10.0.0.0/25', site: 'edge' }),
    ],
    false,
    [
      set('sites.home', site('10.245.0.1', { peers: ['edge'], endpoint: 'home.example.org' })),
      set('sites.edge', site('10.245.0.2', { peers: ['home'] })),
      set('networks.lan.site', 'home'),
      set('networks.far', { cidr: '10.0.1.0/25', site: 'edge' }),
    ],
  ],
]
