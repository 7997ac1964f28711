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

/** Privileges whose lack fails no step: the agent is a convenience. */
const OPTIONAL = new Set(['VM.GuestAgent.Audit', 'VM.GuestAgent.Unrestricted', 'VM.Monitor'])

/** Needed privileges by name with the reason, sorted. `major` is Proxmox's (8 or 9). */
export function neededPrivileges(
  major: number,
): { name: string; why: string; optional: boolean }[] {
  return Object.entries({ ...COMMON, ...OF_MAJOR(major) })
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
): PrivilegeCheck {
  const needed = neededPrivileges(major)
  const holds = (name: string) =>
    subtreesOf(name).some((paths) => paths.every((path) => granted[path]?.includes(name)))
  const names = new Set(needed.map(({ name }) => name))
  const all = new Set(Object.values(granted).flat())
  return {
    missing: needed.filter(({ name }) => !holds(name)).map(({ name }) => name),
    excess: [...all].filter((name) => !names.has(name)).toSorted(),
  }
}

/** Where a privilege is looked up, as alternatives. */
function subtreesOf(name: string): string[][] {
  if (name.startsWith('Datastore.')) return [['/'], ['/storage']]
  if (name.startsWith('VM.')) return [['/'], ['/vms']]
  if (name.startsWith('SDN.')) return [['/'], ['/sdn'], ['/sdn/zones']]
  return [['/'], ['/nodes']]
}

/**
 * The commands, to be run on a node as root, that make a role with exactly the needed privileges,
 * a user without a password and its token. The last one prints the token's secret, once.
 */
export function roleCommands(major: number): string[] {
  const privileges = neededPrivileges(major).map(({ name }) => name)
  return [
    `pveum role add Drawbridge --privs "${privileges.join(' ')}"`,
    'pveum user add drawbridge@pve --comment "Drawbridge panel"',
    'pveum acl modify / --users drawbridge@pve --roles Drawbridge',
    'pveum user token add drawbridge@pve panel --privsep 0',
  ]
}

/** The commands that bring an existing role up to date, after an upgrade of Proxmox or the panel. */
export const roleUpdateCommands = (major: number): string[] => [
  `pveum role modify Drawbridge --privs "${neededPrivileges(major)
    .map(({ name }) => name)
    .join(' ')}"`,
]
