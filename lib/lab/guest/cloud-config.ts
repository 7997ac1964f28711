import { parseForeignYaml } from '@/lib/base/foreign-yaml'
import type { OsNic, OsUser } from './disk'

/** What of a NoCloud seed this simulation carries out (cloud-init's cloud-config and network data). */
export type Seed = {
  instanceId: string
  hostname: string | null
  users: OsUser[]
  hostKeys: { name: string; text: string }[]
  deleteHostKeys: boolean
  files: {
    path: string
    content: string
    base64: boolean
    mode: number
    owner: string
    append: boolean
  }[]
  packages: string[]
  runcmd: string[][]
  power: 'poweroff' | 'reboot' | null
  /** Command whose success power_state asks for; null = none. */
  powerCondition: string[] | null
  timezone: string | null
  nics: OsNic[]
  manageHosts: boolean
  fqdn: string | null
  /** Faults that cloud-init would report; hard ones end in `status: error`. */
  errors: string[]
}

type Bag = Record<string, unknown>
const bag = (value: unknown): Bag => (value && typeof value === 'object' ? (value as Bag) : {})
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : value ? [value] : [])
const text = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : null
const strings = (value: unknown): string[] => list(value).flatMap((entry) => text(entry) ?? [])

/** The parsed seed of an attached image's files, or null if it is no NoCloud seed. */
export function parseSeed(files: Record<string, string>): Seed | null {
  const meta = bag(parseYaml(files['meta-data'] ?? ''))
  const instanceId = text(meta['instance-id'])
  if (!instanceId || files['user-data'] === undefined) return null
  const errors: string[] = []
  const userData = files['user-data']
  if (!userData.startsWith('#cloud-config'))
    errors.push('Unhandled non-multipart (text/x-not-multipart) userdata')
  const user = bag(parseYaml(userData, errors))
  const network = bag(parseYaml(files['network-config'] ?? '', errors))
  return {
    instanceId,
    hostname: text(user.hostname) ?? text(meta['local-hostname']),
    fqdn: text(user.fqdn),
    manageHosts: user.manage_etc_hosts === true || user.manage_etc_hosts === 'localhost',
    users: parseUsers(user),
    hostKeys: parseHostKeys(bag(user.ssh_keys)),
    deleteHostKeys: user.ssh_deletekeys !== false,
    files: parseFiles(list(user.write_files)),
    packages: list(user.packages).flatMap(
      (entry) => text(Array.isArray(entry) ? entry[0] : entry) ?? [],
    ),
    runcmd: list(user.runcmd).map((entry) =>
      Array.isArray(entry) ? strings(entry) : ['sh', '-c', String(entry)],
    ),
    power: parsePower(user.power_state),
    powerCondition: parseCondition(bag(user.power_state).condition),
    timezone: text(user.timezone),
    nics: parseNetwork(bag(network.network ?? network)),
    errors,
  }
}

function parseYaml(source: string, errors?: string[]): unknown {
  try {
    return parseForeignYaml(source)
  } catch (error) {
    errors?.push(
      `Failed loading yaml blob. ${error instanceof Error ? error.message.split('\n')[0] : ''}`,
    )
    return null
  }
}

function parsePower(value: unknown): 'poweroff' | 'reboot' | null {
  const mode = text(bag(value).mode)
  return mode === 'poweroff' || mode === 'halt' ? 'poweroff' : mode === 'reboot' ? 'reboot' : null
}

function parseUsers(user: Bag): OsUser[] {
  const shared = strings(user.ssh_authorized_keys)
  const named = list(user.users).filter((entry) => entry !== 'default')
  const users = named.map((entry) => bag(typeof entry === 'string' ? { name: entry } : entry))
  const defaultName = text(user.user) ?? text(bag(user.user).name)
  if (list(user.users).includes('default') || users.length === 0)
    users.unshift({
      name: defaultName ?? 'ubuntu',
      sudo: 'ALL=(ALL) NOPASSWD:ALL',
      ssh_authorized_keys: shared,
    })
  return users.flatMap((entry, index) => {
    const name = text(entry.name)
    if (!name) return []
    return {
      name,
      uid: 1000 + index,
      sudo: entry.sudo !== undefined && entry.sudo !== false && entry.sudo !== null,
      keys: [
        ...strings(entry.ssh_authorized_keys),
        ...(index === 0 && users.length === 1 ? shared : []),
      ],
    }
  })
}

/** `ed25519_private` becomes `ssh_host_ed25519_key`, `ed25519_public` its `.pub`. */
function parseHostKeys(keys: Bag): Seed['hostKeys'] {
  return Object.entries(keys).flatMap(([key, value]) => {
    const match = /^(rsa|ecdsa|ed25519)_(private|public)$/.exec(key)
    const content = text(value)
    return match && content
      ? { name: `ssh_host_${match[1]}_key${match[2] === 'public' ? '.pub' : ''}`, text: content }
      : []
  })
}

function parseFiles(entries: unknown[]): Seed['files'] {
  return entries.map(bag).flatMap((entry) => {
    const path = text(entry.path)
    if (!path) return []
    return {
      path,
      content: text(entry.content) ?? '',
      base64: /^(b64|base64)$/.test(text(entry.encoding) ?? ''),
      mode: Number.parseInt(text(entry.permissions) ?? '0644', 8),
      owner: (text(entry.owner) ?? 'root').split(':')[0] as string,
      append: entry.append === true,
    }
  })
}

function parseCondition(value: unknown): string[] | null {
  if (value === undefined || value === null || value === true) return null
  return value === false
    ? ['false']
    : Array.isArray(value)
      ? strings(value)
      : ['sh', '-c', String(value)]
}

/** Network data version 2 (by MAC), and version 1 as PVE's own cloud-init image has it. */
function parseNetwork(network: Bag): OsNic[] {
  if (network.version === 1) return parseVersion1(list(network.config).map(bag))
  return Object.entries(bag(network.ethernets)).map(([key, value]) => {
    const nic = bag(value)
    const routes = list(nic.routes).map(bag)
    const defaultRoute = routes.find((route) =>
      /^(default|0\.0\.0\.0\/0)$/.test(text(route.to) ?? ''),
    )
    const servers = bag(nic.nameservers)
    return {
      mac: (text(bag(nic.match).macaddress) ?? '').toUpperCase(),
      name: text(nic['set-name']) ?? key,
      addresses: strings(nic.addresses),
      gateway: text(nic.gateway4) ?? text(defaultRoute?.via),
      dns: strings(servers.addresses),
      search: strings(servers.search),
      mtu: Number(nic.mtu ?? 1500),
      routes: routes
        .filter((route) => route !== defaultRoute)
        .map((route) => ({ to: String(route.to), via: String(route.via) })),
      dhcp: nic.dhcp4 === true,
    }
  })
}

function parseVersion1(config: Bag[]): OsNic[] {
  const dns = config
    .filter((entry) => entry.type === 'nameserver')
    .flatMap((entry) => strings(entry.address))
  return config
    .filter((entry) => entry.type === 'physical')
    .map((entry) => {
      const subnets = list(entry.subnets).map(bag)
      const subnet = subnets.find((candidate) => candidate.address)
      return {
        mac: (text(entry.mac_address) ?? '').toUpperCase(),
        name: text(entry.name) ?? 'eth0',
        addresses: subnet ? [`${subnet.address}/${prefixOf(text(subnet.netmask) ?? '')}`] : [],
        gateway: text(subnet?.gateway),
        dns,
        search: [],
        mtu: 1500,
        routes: [],
        dhcp: subnets.some((candidate) => /^dhcp/.test(text(candidate.type) ?? '')),
      }
    })
}

const prefixOf = (netmask: string): number =>
  netmask
    .split('.')
    .map((octet) => Number(octet).toString(2).replaceAll('0', '').length)
    .reduce((sum, bits) => sum + bits, 0)
