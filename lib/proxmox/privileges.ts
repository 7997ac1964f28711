/**
 * What the panel asks of a token and why, by PVE's major version. PVE 9 has no VM.Monitor and
 * refuses a role that names it; the agent's calls moved to VM.GuestAgent.* (pve9-api dump,
 * QemuServer/Agent.pm). Sys.AccessNetwork is what a download by URL needs since 8.2.
 */
const COMMON: Record<string, string> = {
  'Datastore.Allocate': 'delete seeds and volumes',
  'Datastore.AllocateSpace': 'create disks',
  'Datastore.AllocateTemplate': 'upload seeds and download images',
  'Datastore.Audit': 'see storages and what is free',
  'SDN.Use': 'attach NICs to bridges and VLANs',
  'Sys.AccessNetwork': 'let Proxmox download an image',
  'Sys.Audit': 'see nodes, networks and tasks',
  'VM.Allocate': 'create and delete VMs',
  'VM.Audit': 'see VMs',
  'VM.Clone': 'clone templates',
  'VM.Config.CDROM': 'attach and remove the first-boot seed',
  'VM.Config.CPU': 'set vCPUs',
  'VM.Config.Disk': 'add, grow and move disks',
  'VM.Config.HWType': 'set machine, BIOS and controller',
  'VM.Config.Memory': 'set memory',
  'VM.Config.Network': 'set NICs',
  'VM.Config.Options': 'set name, tags, start order and protection',
  'VM.PowerMgmt': 'start and stop VMs',
  'VM.Snapshot': 'take snapshots',
  'VM.Snapshot.Rollback': 'roll snapshots back',
}

const OF_MAJOR = (major: number): Record<string, string> =>
  major >= 9
    ? {
        'VM.GuestAgent.Audit': 'read addresses through the guest agent',
        'VM.GuestAgent.Unrestricted': 'look into a VM that SSH cannot reach',
      }
    : { 'VM.Monitor': 'talk to the guest agent' }

/** What the panel does only where somebody asks for it, and what it needs for that. */
export type PrivilegeArea =
  | 'backups'
  | 'console'
  | 'devices'
  | 'firewall'
  | 'guest-files'
  | 'ha'
  | 'host-network'
  | 'migration'
  | 'pools'
  | 'sdn'
  | 'updates'

/** By area; PVE 9's schema names HA's calls with Sys.Console, disks and updates with Sys.Modify. */
const OF_AREA: Record<PrivilegeArea, (major: number) => Record<string, string>> = {
  backups: () => ({
    'Sys.Modify': 'keep backup jobs',
    'VM.Backup': 'back VMs up and restore them',
  }),
  console: () => ({ 'VM.Console': 'show screens and serial ports' }),
  devices: () => ({
    'Mapping.Audit': 'see mapped devices',
    'Mapping.Modify': 'map devices',
    'Mapping.Use': 'pass mapped devices through',
  }),
  firewall: () => ({ 'Sys.Modify': "set the firewall's rules" }),
  'guest-files': (major): Record<string, string> =>
    major >= 9
      ? {
          'VM.GuestAgent.FileRead': 'read files of guests',
          'VM.GuestAgent.FileSystemMgmt': 'freeze and trim filesystems',
          'VM.GuestAgent.FileWrite': 'write files of guests',
        }
      : {},
  ha: () => ({ 'Sys.Console': 'put VMs under HA' }),
  'host-network': () => ({ 'Sys.Modify': 'change bridges and VLANs of hosts' }),
  migration: () => ({ 'VM.Migrate': 'move VMs between hosts' }),
  pools: () => ({ 'Pool.Allocate': 'keep pools', 'Pool.Audit': 'see pools' }),
  sdn: () => ({ 'SDN.Allocate': 'keep SDN zones and networks', 'SDN.Audit': 'see them' }),
  updates: () => ({ 'Sys.Modify': 'see which updates wait' }),
}

/** Every area, sorted. */
export const PRIVILEGE_AREAS = Object.keys(OF_AREA).toSorted() as PrivilegeArea[]

/** When an area's privileges are needed, to be read after "where" or "when". */
export const WHEN_NEEDED: Record<PrivilegeArea, string> = {
  backups: 'backups are drawn, or a VM is restored',
  console: 'the screen or serial port of a VM is opened',
  devices: 'a GPU or another PCI device is mapped for a VM',
  firewall: 'the policy of the networks becomes firewall rules',
  'guest-files': 'files of guests are read or written through the agent',
  ha: 'VMs are under HA',
  'host-network': 'bridges or VLANs of hosts are changed',
  migration: 'VMs move between hosts',
  pools: 'VMs are kept in resource pools',
  sdn: 'networks become SDN zones and networks',
  updates: 'the page of a host shows which updates wait',
}

/** What an area needs by name, with the reason; empty where PVE of this major needs nothing more. */
export const privilegesOfArea = (area: PrivilegeArea, major: number): Record<string, string> =>
  OF_AREA[area](major)

/** Privileges whose lack fails no step: the agent is a convenience. */
const OPTIONAL = new Set(['VM.GuestAgent.Audit', 'VM.GuestAgent.Unrestricted', 'VM.Monitor'])

/**
 * Needed privileges by name with the reason, sorted. `major` is Proxmox's (8 or 9); `areas` are what
 * is used beside VMs.
 */
export function neededPrivileges(
  major: number,
  areas: readonly PrivilegeArea[] = [],
): { name: string; why: string; optional: boolean }[] {
  const ofAreas = areas.map((area) => OF_AREA[area](major))
  return Object.entries(Object.assign({}, ...ofAreas, COMMON, OF_MAJOR(major)) as typeof COMMON)
    .map(([name, why]) => ({ name, why, optional: OPTIONAL.has(name) }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** What a token has too little and too much of, by name, sorted. */
export type PrivilegeCheck = { missing: string[]; excess: string[] }

/**
 * Compares with what `GET /access/permissions` answered (paths to privileges). A privilege counts
 * where it holds for everything: on `/`, or on each of the subtrees that it concerns.
 */
export function comparePrivileges(
  granted: Readonly<Record<string, readonly string[]>>,
  major: number,
  areas: readonly PrivilegeArea[] = [],
): PrivilegeCheck {
  const needed = neededPrivileges(major, areas)
  const names = new Set(needed.map(({ name }) => name))
  const all = new Set(Object.values(granted).flat())
  return {
    missing: needed.filter(({ name }) => !holds(granted, name)).map(({ name }) => name),
    excess: [...all].filter((name) => !names.has(name)).toSorted(),
  }
}

type Granted = Parameters<typeof comparePrivileges>[0]

const holds = (granted: Granted, name: string): boolean =>
  subtreesOf(name).some((paths) => paths.every((path) => granted[path]?.includes(name)))

/** Areas that somebody let a token work in: their privileges are wanted and not too much. */
export const areasHeld = (granted: Granted, major: number): PrivilegeArea[] =>
  PRIVILEGE_AREAS.filter((area) => {
    const names = Object.keys(privilegesOfArea(area, major))
    return names.length > 0 && names.every((name) => holds(granted, name))
  })

/** Where a privilege is looked up, as alternatives. */
function subtreesOf(name: string): string[][] {
  if (name.startsWith('Datastore.')) return [['/'], ['/storage']]
  if (name.startsWith('VM.')) return [['/'], ['/vms']]
  if (name.startsWith('Mapping.')) return [['/'], ['/mapping']]
  if (name.startsWith('Pool.')) return [['/'], ['/pool']]
  // HA, backup jobs and the cluster's firewall look at the root alone.
  if (name === 'Sys.Console' || name === 'Sys.Modify') return [['/']]
  if (name.startsWith('SDN.')) return [['/'], ['/sdn'], ['/sdn/zones']]
  return [['/'], ['/nodes']]
}

/**
 * The commands, to be run on a node as root, that make a role with exactly the needed privileges,
 * a user without a password and its token. The last one prints the token's secret, once.
 */
export function roleCommands(major: number, areas: readonly PrivilegeArea[] = []): string[] {
  const privileges = neededPrivileges(major, areas).map(({ name }) => name)
  return [
    `pveum role add Drawbridge --privs "${privileges.join(' ')}"`,
    'pveum user add drawbridge@pve --comment "Drawbridge panel"',
    'pveum acl modify / --users drawbridge@pve --roles Drawbridge',
    'pveum user token add drawbridge@pve panel --privsep 0',
  ]
}

/** The command that lets the panel's role do one area's work too; null where nothing is lacking. */
export function areaCommand(area: PrivilegeArea, major: number): string | null {
  const names = Object.keys(privilegesOfArea(area, major)).toSorted()
  if (names.length === 0) return null
  return `pveum role modify Drawbridge --append 1 --privs "${names.join(' ')}"`
}

/** The commands that bring an existing role up to date, after an upgrade of Proxmox or the panel. */
export const roleUpdateCommands = (
  major: number,
  areas: readonly PrivilegeArea[] = [],
): string[] => [
  `pveum role modify Drawbridge --privs "${neededPrivileges(major, areas)
    .map(({ name }) => name)
    .join(' ')}"`,
]
