import { z } from 'zod'

/**
 * The document's schema, version 1. The value mirrors the text: a field that is not written is
 * absent, never filled in. What an absent field means is in `defaults.ts` (`resolveVm` and friends).
 *
 * Every map is keyed by the object's immutable id; `name` defaults to it. Units are in the key.
 */

/**
 * Immutable key of an object: lower-case letters, digits and inner hyphens, at most 63 (RFC 1123).
 * Never digits alone, because JavaScript sorts such keys and the order of NICs and disks is their
 * slot; never `constructor`, because every object seems to have it.
 */
export const Id = z
  .string()
  .regex(
    /^(?!constructor$)(?![0-9]+$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    'use lower-case letters, digits and inner hyphens, 1 to 63 characters, not digits alone',
  )
export type Id = z.infer<typeof Id>

/** A DNS label, as PVE, cloud-init and Kubernetes accept it for a host. */
const DnsLabel = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    'use a DNS label: lower-case letters, digits, inner hyphens, at most 63 characters',
  )
const Ipv4 = z.ipv4({ error: 'write an IPv4 address such as 10.2.0.11' })
const Cidr = z.cidrv4({ error: 'write a network such as 10.2.0.0/24' })
const Mac = z
  .string()
  .regex(/^[0-9A-F]{2}(:[0-9A-F]{2}){5}$/, 'write a MAC address such as BC:24:11:0A:00:01')
const Mib = z.number().int().positive()
const Gib = z.number().int().positive()
const Port = z.number().int().min(1).max(65_535)
const Text = z.string().max(2000)
const name = DnsLabel.optional().meta({ description: 'Shown name; the id if absent.' })
const about = Text.optional().meta({ description: 'Free text shown beside the object.' })
const mapOf = <T extends z.ZodType>(value: T) => z.record(Id, value).optional()
/** What an id points at; `storages` and `gpus` are those of the VM's host, `connections` the panel's. */
type Target = 'storages' | 'gpus' | 'connections' | 'machines' | (typeof KINDS)[number]
/** An id of another object. The target is read by forms, completion and the reference rule. */
const refTo = (reference: Target) => Id.meta({ reference })

/** Reference to a sealed secret by name, written `!secret name` in the text. */
export const SecretRef = z.strictObject({ $secret: Id })
export type SecretRef = z.infer<typeof SecretRef>

export const Storage = z.strictObject({
  kind: z
    .enum(['dir', 'lvmthin', 'lvm', 'zfspool', 'nfs', 'rbd'])
    .meta({ description: 'Proxmox storage type.' }),
  sizeGib: Gib.optional().meta({ description: 'Usable capacity in GiB.' }),
  content: z
    .array(z.enum(['images', 'iso', 'import', 'backup', 'snippets', 'vztmpl']))
    .optional()
    .meta({ description: 'What Proxmox may keep on it.' }),
  disk: z
    .string()
    .optional()
    .meta({ description: 'Physical disk it lives on; storages with the same disk fail together.' }),
})
export type Storage = z.infer<typeof Storage>

export const Host = z.strictObject({
  name,
  about,
  role: z
    .enum(['proxmox', 'panel'])
    .meta({ description: 'A Proxmox VE machine, or the box that the panel itself runs on.' }),
  model: Text.optional(),
  connection: refTo('connections').optional().meta({
    description: 'Id of the panel connection that reaches it. Only for role proxmox.',
  }),
  node: DnsLabel.optional().meta({
    description: "Proxmox's own name of the node; the id if absent.",
  }),
  address: Ipv4.optional().meta({ description: 'Management address.' }),
  network: refTo('networks').optional().meta({ description: 'Network of the management address.' }),
  cpuThreads: z.number().int().positive().optional(),
  memoryMib: Mib.optional(),
  reserveMemoryMib: z
    .number()
    .int()
    .nonnegative()
    .optional()
    .meta({ description: 'Kept for Proxmox itself and unmanaged guests.' }),
  diskGib: Gib.optional().meta({ description: 'Raw capacity where storages are not written.' }),
  storages: mapOf(Storage),
  bridges: mapOf(
    z.strictObject({
      vlanAware: z.boolean().optional(),
      nic: z.string().optional().meta({ description: 'Physical port below it.' }),
    }),
  ),
  gpus: mapOf(z.strictObject({ model: Text, pci: z.string().optional() })),
  failureDomain: Id.optional().meta({
    description: 'What fails together; the host itself if absent.',
  }),
})
export type Host = z.infer<typeof Host>

export const Switch = z.strictObject({
  name,
  about,
  model: Text.optional(),
  ports: z.number().int().positive().optional(),
  speedMbit: z.number().int().positive().optional(),
  vlans: z.boolean().optional().meta({ description: 'Understands 802.1Q tags.' }),
  links: z
    .array(refTo('machines'))
    .optional()
    .meta({ description: 'Ids of hosts, routers and switches plugged into it.' }),
})
export type Switch = z.infer<typeof Switch>

export const Router = z.strictObject({
  name,
  about,
  model: Text.optional(),
  address: Ipv4.optional(),
})
export type Router = z.infer<typeof Router>

export const Network = z.strictObject({
  name,
  about,
  purpose: Text.optional(),
  cidr: Cidr,
  vlan: z
    .number()
    .int()
    .min(1)
    .max(4094)
    .optional()
    .meta({ description: '802.1Q tag; untagged if absent.' }),
  gateway: Ipv4.optional(),
  router: refTo('routers')
    .optional()
    .meta({ description: 'Who routes it: a router of this document.' }),
  bridge: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,14}$/)
    .optional()
    .meta({ description: 'Bridge on the hosts; vmbr0 if absent.' }),
  mtu: z.number().int().min(1280).max(9216).optional(),
  dns: z.array(Ipv4).optional(),
  domain: z.string().optional().meta({ description: 'Search domain of its members.' }),
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

export const Size = z.strictObject({
  name,
  about,
  cpus: z.number().int().min(1).max(512).meta({ description: 'Virtual CPUs (cores, one socket).' }),
  memoryMib: Mib,
  diskGib: Gib.meta({ description: 'System disk.' }),
})
export type Size = z.infer<typeof Size>

export const Template = z.strictObject({
  name,
  about,
  vmid: z.number().int().min(100).max(999_999_999).optional(),
  host: refTo('hosts').optional().meta({
    description: 'Host that keeps it; the first Proxmox host if absent.',
  }),
  os: z.enum(['ubuntu', 'debian']),
  release: z
    .string()
    .meta({ description: 'Release as its distribution writes it, such as 22.04 or 12.' }),
  image: z
    .strictObject({
      url: z.url(),
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .optional(),
    })
    .optional(),
  packages: z
    .array(z.string())
    .optional()
    .meta({ description: 'Baked in, the guest agent included.' }),
  user: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,30}$/)
    .optional()
    .meta({ description: 'Login that the panel uses; "drawbridge" if absent.' }),
})
export type Template = z.infer<typeof Template>

export const Nic = z.strictObject({
  network: refTo('networks'),
  pool: refTo('pools').optional().meta({ description: 'Pool that its address comes from.' }),
  address: Ipv4.optional().meta({ description: 'Allocated once and written on save.' }),
  mac: Mac.optional().meta({ description: 'Allocated once and written on save.' }),
  model: z.enum(['virtio', 'e1000']).optional(),
  firewall: z.boolean().optional(),
  mtu: z.number().int().min(1280).max(9216).optional(),
})
export type Nic = z.infer<typeof Nic>

export const Disk = z.strictObject({
  kind: z.enum(['system', 'data']).meta({
    description:
      'system: replaceable with the VM. data: kept on rebuild and, unless ticked, on destroy.',
  }),
  sizeGib: Gib.optional().meta({ description: "Absent on a system disk: the size's diskGib." }),
  storage: refTo('storages').optional().meta({ description: "Storage of the VM's host." }),
  use: z
    .enum(['nfs', 'longhorn', 'plain'])
    .optional()
    .meta({ description: 'What a data disk is for.' }),
  mount: z
    .string()
    .regex(/^\/[\w./-]*$/)
    .optional(),
  discard: z.boolean().optional(),
  ssd: z.boolean().optional(),
  iothread: z.boolean().optional(),
})
export type Disk = z.infer<typeof Disk>

export const VmRole = z.enum(['control-plane', 'worker', 'load-balancer', 'nfs', 'plain'])
export type VmRole = z.infer<typeof VmRole>

export const Vm = z.strictObject({
  name,
  about,
  role: VmRole,
  host: refTo('hosts').optional(),
  vmid: z
    .number()
    .int()
    .min(100)
    .max(999_999_999)
    .optional()
    .meta({ description: 'Proxmox VMID. Allocated once and written on save.' }),
  template: refTo('templates').optional(),
  size: refTo('sizes').optional(),
  cpus: z.number().int().min(1).max(512).optional().meta({ description: 'Instead of the size.' }),
  memoryMib: Mib.optional().meta({ description: 'Instead of the size.' }),
  nics: mapOf(Nic).meta({ description: 'In order: net0, net1 ...' }),
  disks: mapOf(Disk).meta({
    description: 'In order: scsi0, scsi1 ... The first is the system disk.',
  }),
  cpuType: z.string().optional(),
  machine: z.enum(['q35', 'i440fx']).optional(),
  bios: z.enum(['seabios', 'ovmf']).optional(),
  agent: z.boolean().optional(),
  balloonMib: z
    .number()
    .int()
    .nonnegative()
    .optional()
    .meta({ description: '0 switches ballooning off.' }),
  onBoot: z.boolean().optional(),
  startOrder: z.number().int().nonnegative().optional(),
  startDelayS: z.number().int().nonnegative().optional(),
  protection: z
    .boolean()
    .optional()
    .meta({ description: 'Proxmox refuses to delete it or its disks.' }),
  tags: z.array(z.string().regex(/^[a-z0-9][a-z0-9-]*$/)).optional(),
  gpus: z.array(refTo('gpus')).optional().meta({ description: "The host's GPUs passed through." }),
})
export type Vm = z.infer<typeof Vm>

/** A value of Helm's values tree: JSON, with secret references at any depth. */
export type Values = { [key: string]: ValuesNode }
export type ValuesNode = string | number | boolean | null | SecretRef | ValuesNode[] | Values
const ValuesNode: z.ZodType<ValuesNode> = z.lazy(() =>
  z.union([
    z.string(),
    z.number(),
    z.boolean(),
    z.null(),
    z.array(ValuesNode),
    z.record(z.string(), ValuesNode),
  ]),
)

export const AddOn = z.strictObject({
  about,
  enabled: z.boolean().optional(),
  version: z
    .string()
    .optional()
    .meta({ description: "Chart version; the catalogue's pin if absent." }),
  namespace: DnsLabel.optional(),
  pool: refTo('pools').optional().meta({ description: 'Address pool it hands out (MetalLB).' }),
  replicas: z
    .number()
    .int()
    .positive()
    .optional()
    .meta({ description: 'Copies of the data; derived from failure domains if absent.' }),
  host: z.string().optional().meta({ description: 'Host name of its web interface.' }),
  values: z
    .record(z.string(), ValuesNode)
    .optional()
    .meta({ description: 'Merged over our values.' }),
})
export type AddOn = z.infer<typeof AddOn>

export const Cluster = z.strictObject({
  name,
  about,
  kubernetes: z
    .string()
    .regex(/^1\.\d{1,2}(\.\d{1,2})?$/, 'write a version such as 1.29 or 1.29.15'),
  podCidr: Cidr,
  serviceCidr: Cidr,
  endpoint: z
    .strictObject({ name: z.string(), address: Ipv4.optional(), port: Port.optional() })
    .optional()
    .meta({ description: 'controlPlaneEndpoint: a name, with the address that it stands for.' }),
  cni: z
    .strictObject({
      kind: z.enum(['calico']),
      version: z.string().optional(),
      mode: z.enum(['ebpf', 'iptables']).optional(),
      encapsulation: z.enum(['vxlan', 'none']).optional(),
    })
    .optional(),
  controlPlanes: z.array(refTo('vms')),
  workers: z.array(refTo('vms')),
  loadBalancers: z.array(refTo('vms')).optional(),
  nfs: refTo('vms').optional().meta({ description: 'VM whose export backs shared volumes.' }),
  addOns: mapOf(AddOn),
})
export type Cluster = z.infer<typeof Cluster>

export const Service = z.strictObject({
  name,
  about,
  kind: z.enum(['registry', 'backup', 'dns', 'ntp', 'git', 'other']),
  url: z.string().optional(),
})
export type Service = z.infer<typeof Service>

export const Acknowledged = z.strictObject({
  code: z.string(),
  path: z.array(z.string()),
  by: z.string(),
  reason: Text,
})

export const Topology = z.strictObject({
  drawbridge: z.literal(1).meta({ description: 'Version of this document format.' }),
  name: z.string().min(1).max(80),
  about,
  access: z
    .strictObject({
      authorizedKeys: z
        .array(z.string())
        .optional()
        .meta({ description: "People's public SSH keys, beside the panel's own." }),
      timezone: z.string().optional(),
      ntp: z.array(z.string()).optional(),
    })
    .optional(),
  hosts: mapOf(Host),
  switches: mapOf(Switch),
  routers: mapOf(Router),
  networks: mapOf(Network),
  pools: mapOf(Pool),
  sizes: mapOf(Size),
  templates: mapOf(Template),
  vms: mapOf(Vm),
  clusters: mapOf(Cluster),
  services: mapOf(Service),
  acknowledged: z.array(Acknowledged).optional(),
})
export type Topology = z.infer<typeof Topology>

/** The maps of the document that hold objects with ids, in the order they are written. */
export const KINDS = [
  'hosts',
  'switches',
  'routers',
  'networks',
  'pools',
  'sizes',
  'templates',
  'vms',
  'clusters',
  'services',
] as const
export type Kind = (typeof KINDS)[number]
