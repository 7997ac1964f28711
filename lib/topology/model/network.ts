import { z } from 'zod'
import {
  about,
  BridgeName,
  Cidr,
  Cidr6,
  Day,
  Ipv4,
  Ipv6,
  Mac,
  Mbit,
  Mtu,
  mapOf,
  name,
  Port,
  refTo,
  SecretRef,
  Text,
  VlanTag,
} from './common'

export const Switch = z.strictObject({
  name,
  about,
  model: Text.optional(),
  site: refTo('sites').optional(),
  managed: z.boolean().optional().meta({
    description: 'Can be configured; one that cannot passes every tag or none.',
  }),
  address: Ipv4.optional().meta({ description: 'Where it is configured.' }),
  network: refTo('networks').optional().meta({ description: 'Network of that address.' }),
  ports: z.number().int().positive().optional(),
  speedMbit: Mbit.optional(),
  mtu: Mtu.optional().meta({ description: 'Largest packet that it passes; 1500 if absent.' }),
  vlans: z.boolean().optional().meta({ description: 'Understands 802.1Q tags.' }),
  links: z
    .array(refTo('machines'))
    .optional()
    .meta({ description: 'Ids of hosts, routers and switches plugged into it.' }),
  portMap: mapOf(
    z.strictObject({
      to: refTo('machines').optional().meta({ description: 'What is plugged in.' }),
      nic: z.string().optional().meta({ description: 'Its port there.' }),
      untagged: refTo('networks').optional().meta({ description: 'Network without a tag (PVID).' }),
      tagged: z.array(refTo('networks')).optional(),
      speedMbit: Mbit.optional(),
      poe: z.boolean().optional(),
    }),
  ).meta({ description: 'What each port carries, by its label with a letter: p1, p2 ...' }),
})
export type Switch = z.infer<typeof Switch>

export const Router = z.strictObject({
  name,
  about,
  model: Text.optional(),
  site: refTo('sites').optional(),
  address: Ipv4.optional(),
  uplinkMbit: Mbit.optional().meta({ description: 'Speed to the Internet.' }),
  runsOn: refTo('places').optional().meta({
    description: 'VM, unmanaged guest or host that it runs on; a box of its own if absent.',
  }),
})
export type Router = z.infer<typeof Router>

export const Network = z.strictObject({
  name,
  about,
  purpose: Text.optional(),
  site: refTo('sites').optional(),
  cidr: Cidr,
  vlan: VlanTag.optional().meta({ description: '802.1Q tag; untagged if absent.' }),
  gateway: Ipv4.optional(),
  router: refTo('routers')
    .optional()
    .meta({ description: 'Who routes it: a router of this document.' }),
  ipv6: z
    .strictObject({
      cidr: Cidr6,
      gateway: Ipv6.optional(),
      mode: z
        .enum(['slaac', 'dhcp', 'static'])
        .optional()
        .meta({ description: 'How its members get theirs; slaac if absent.' }),
      delegated: z.boolean().optional().meta({
        description:
          'Part of a prefix that the provider gives and may change: the prefix is what it is now.',
      }),
    })
    .optional(),
  bridge: BridgeName.optional().meta({ description: 'Bridge on the hosts; vmbr0 if absent.' }),
  realise: z.enum(['tag', 'bridge']).optional().meta({
    description:
      'How hosts carry it: with a tag on a bridge that is there, which changes nothing on them, or on a bridge that the panel makes and keeps.',
  }),
  sdn: z
    .strictObject({
      zone: z
        .string()
        .regex(/^[a-z][a-z0-9]{0,7}$/, 'use at most 8 lower-case letters and digits')
        .meta({ description: 'SDN zone of Proxmox.' }),
      kind: z.enum(['simple', 'vlan', 'qinq', 'vxlan', 'evpn']),
      vnet: z
        .string()
        .regex(/^[a-z][a-z0-9]{1,7}$/, 'use two to eight lower-case letters and digits')
        .optional()
        .meta({ description: 'Its VNet in Proxmox; made of its id if absent.' }),
    })
    .optional()
    .meta({ description: "Made by Proxmox's SDN instead of a tag on a bridge." }),
  mtu: Mtu.optional(),
  dns: z.array(Ipv4).optional().meta({ description: 'Resolvers that its members are given.' }),
  ntp: z.array(z.string()).optional().meta({ description: 'Time servers of its members.' }),
  domain: z.string().optional().meta({ description: 'Search domain of its members.' }),
  dhcpServer: refTo('servers').optional().meta({ description: 'Who hands out addresses in it.' }),
  dnsServer: refTo('servers').optional().meta({ description: 'Who resolves names for it.' }),
  ntpServer: refTo('servers').optional().meta({ description: 'Who tells it the time.' }),
})
export type Network = z.infer<typeof Network>

export const PoolPurpose = z.enum([
  'gateway',
  'hosts',
  'equipment',
  'services',
  'load-balancers',
  'control-planes',
  'workers',
  'storage',
  'metallb',
  'dhcp',
  'vms',
  'vpn',
  'reserved',
])
export type PoolPurpose = z.infer<typeof PoolPurpose>

export const Pool = z.strictObject({
  name,
  about,
  network: refTo('networks'),
  from: Ipv4.meta({ description: 'First address, inclusive.' }),
  to: Ipv4.meta({ description: 'Last address, inclusive.' }),
  purpose: PoolPurpose,
})
export type Pool = z.infer<typeof Pool>

/** An address that is somebody else's, or kept for later: never handed out. */
export const Reservation = z.strictObject({
  name,
  about,
  address: Ipv4,
  network: refTo('networks').optional().meta({ description: 'The one that it lies in if absent.' }),
  mac: Mac.optional(),
  owner: Text.optional().meta({ description: 'Who holds it, in words.' }),
  until: Day.optional().meta({ description: 'Kept until this day; for good if absent.' }),
})
export type Reservation = z.infer<typeof Reservation>

/** Who may talk to whom, on what. */
export const Policy = z.strictObject({
  name,
  about,
  action: z.enum(['allow', 'deny']),
  from: z
    .array(refTo('networks'))
    .optional()
    .meta({ description: 'Networks that begin; any if absent.' }),
  to: z
    .array(refTo('networks'))
    .optional()
    .meta({ description: 'Networks that are reached; any if absent.' }),
  vms: z
    .array(refTo('vms'))
    .optional()
    .meta({ description: 'Only these VMs of the networks that are reached.' }),
  internet: z.boolean().optional().meta({ description: 'To the Internet.' }),
  ports: z
    .array(
      z
        .string()
        .regex(
          /^(any|icmp|(tcp|udp)\/([0-9]{1,5})(-[0-9]{1,5})?)$/,
          'write tcp/443, udp/53, tcp/8000-8100, icmp or any',
        ),
    )
    .optional()
    .meta({ description: 'Such as tcp/443 or udp/53; everything if absent.' }),
})
export type Policy = z.infer<typeof Policy>

/** A place, and how it is joined to the others. */
export const Site = z.strictObject({
  name,
  about,
  location: Text.optional(),
  wireguard: z
    .strictObject({
      address: Ipv4.meta({ description: 'Its own in the tunnel network.' }),
      gateway: refTo('servers').optional().meta({ description: 'Machine that ends the tunnel.' }),
      endpoint: Text.optional().meta({ description: 'Name and port that others dial.' }),
      port: Port.optional(),
      publicKey: z
        .string()
        .regex(/^[A-Za-z0-9+/]{43}=$/, 'write a WireGuard public key: 44 characters of base64')
        .optional(),
      privateKey: SecretRef.optional(),
      peers: z.array(refTo('sites')).optional(),
      networks: z
        .array(refTo('networks'))
        .optional()
        .meta({ description: 'Reached through it; those of the site if absent.' }),
      cidr: Cidr.optional().meta({ description: 'Network of the tunnel itself.' }),
      mtu: Mtu.optional(),
    })
    .optional(),
})
export type Site = z.infer<typeof Site>
