import type { Control, Field, Reference } from './field'

/** What is used of a JSON Schema, as `z.toJSONSchema` writes it. */
export type JsonSchema = {
  type?: string
  description?: string
  format?: string
  pattern?: string
  enum?: string[]
  const?: unknown
  minimum?: number
  exclusiveMinimum?: number
  maximum?: number
  maxLength?: number
  properties?: Record<string, JsonSchema>
  required?: string[]
  additionalProperties?: boolean | JsonSchema
  items?: JsonSchema
  reference?: Reference
  $ref?: string
}

/** Words that are not the key with a space before each capital. */
const LABELS: Record<string, string> = {
  about: 'Notes',
  cpus: 'vCPUs',
  cpuThreads: 'CPU threads',
  cpuType: 'CPU type',
  memoryMib: 'Memory',
  reserveMemoryMib: 'Memory kept back',
  balloonMib: 'Balloon minimum',
  diskGib: 'Disk',
  sizeGib: 'Size',
  vlan: 'VLAN tag',
  vlans: 'Knows VLANs',
  vlanAware: 'VLAN aware',
  speedMbit: 'Speed',
  vmid: 'VMID',
  vms: 'VMs',
  nics: 'NICs',
  nic: 'Port',
  mac: 'MAC address',
  mtu: 'MTU',
  cidr: 'CIDR',
  'ipv6.cidr': 'IPv6 CIDR',
  'ipv6.gateway': 'IPv6 gateway',
  'ipv6.mode': 'IPv6 addresses by',
  'wireguard.cidr': 'Tunnel CIDR',
  podCidr: 'Pod CIDR',
  serviceCidr: 'Service CIDR',
  dns: 'DNS servers',
  ntp: 'NTP servers',
  bios: 'BIOS',
  agent: 'Guest agent',
  onBoot: 'Start with the host',
  startDelayS: 'Start delay',
  ssd: 'SSD emulation',
  iothread: 'IO thread',
  gpus: 'GPUs',
  pci: 'PCI address',
  os: 'OS',
  url: 'URL',
  sha256: 'SHA-256',
  cni: 'CNI',
  nfs: 'NFS server',
  kubernetes: 'Kubernetes version',
  addOns: 'Add-ons',
  authorizedKeys: 'Authorised SSH keys',
  drawbridge: 'Document version',
  network: 'Network (VLAN)',
  networks: 'Networks (VLANs)',
  ups: 'UPS',
  bmc: 'Remote management',
  ipv6: 'IPv6',
  sdn: 'SDN',
  ha: 'High availability',
  cas: 'Authorities',
  poe: 'Power over Ethernet',
  portMap: 'Ports in use',
  reserveThreads: 'Threads kept back',
  capacityVa: 'Capacity',
  runtimeMin: 'Battery lasts',
  uplinkMbit: 'Uplink speed',
  dhcpServer: 'DHCP server',
  dnsServer: 'DNS server',
  ntpServer: 'Time server',
  wireguard: 'WireGuard',
  wakeOnLan: 'Wake on LAN',
  keepDaily: 'Keep daily',
  runsOn: 'Runs on',
  keepsOn: 'Keeps its data on',
  encryptSecrets: 'Encrypt secrets at rest',
}

/** "Failure domain" of `failureDomain`; a group's fields may be called otherwise than elsewhere. */
export function labelOf(key: string, group = ''): string {
  const within = `${group}.${key}`
  if (Object.hasOwn(LABELS, within)) return LABELS[within]!
  if (Object.hasOwn(LABELS, key)) return LABELS[key]!
  const words = key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const UNITS: [suffix: string, unit: NonNullable<Field['unit']>][] = [
  ['Mib', 'MiB'],
  ['Gib', 'GiB'],
  ['Mbit', 'Mbit/s'],
  ['DelayS', 's'],
  ['runtimeMin', 'min'],
  ['capacityVa', 'VA'],
  ['watts', 'W'],
  ['Days', 'days'],
]

/** The fields of an object schema, in the schema's order. */
export function deriveFields(schema: JsonSchema, group = ''): Field[] {
  const required = new Set(schema.required)
  return Object.entries(schema.properties ?? {}).map(([key, property]) =>
    compact({
      key,
      label: labelOf(key, group),
      description: property.description,
      control: controlOf(property),
      required: required.has(key) || undefined,
      unit: UNITS.find(([suffix]) => key.endsWith(suffix))?.[1],
      integer: property.type === 'integer' || undefined,
      min: property.minimum ?? above(property.exclusiveMinimum),
      max: property.maximum === Number.MAX_SAFE_INTEGER ? undefined : property.maximum,
      options: property.enum ?? property.items?.enum,
      reference: property.reference ?? property.items?.reference,
      pattern: property.pattern,
      maxLength: property.maxLength,
      fields: innerFields(property, key),
    }),
  )
}

const above = (bound: number | undefined) => (bound === undefined ? undefined : bound + 1)

function innerFields(schema: JsonSchema, key: string): Field[] | undefined {
  if (schema.properties?.$secret) return undefined
  const inner = schema.properties
    ? schema
    : (schema.items ?? (schema.additionalProperties as JsonSchema | undefined))
  return inner?.properties ? deriveFields(inner, key) : undefined
}

function controlOf(schema: JsonSchema): Control {
  if (schema.reference) return 'reference'
  if (schema.type === 'array') return listControl(schema.items)
  if (schema.enum) return 'select'
  if (schema.type === 'object') {
    if (schema.properties?.$secret) return 'secret'
    if (schema.properties) return 'group'
    const each = schema.additionalProperties as JsonSchema | undefined
    return each?.properties ? 'map' : 'values'
  }
  if (schema.type === 'boolean') return 'toggle'
  if (schema.type === 'integer' || schema.type === 'number') return 'number'
  if (schema.format === 'ipv4') return 'address'
  if (schema.format === 'cidrv4') return 'cidr'
  return schema.pattern?.startsWith('^[0-9A-F]{2}(:') ? 'mac' : 'text'
}

function listControl(items: JsonSchema | undefined): Control {
  if (items?.reference) return 'references'
  if (items?.enum) return 'choices'
  return items?.properties ? 'records' : 'list'
}

/** Without the keys whose value is undefined. */
const compact = (field: { [K in keyof Field]: Field[K] | undefined }): Field =>
  Object.fromEntries(Object.entries(field).filter(([, value]) => value !== undefined)) as Field
