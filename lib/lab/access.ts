import { type Answer, bare, LabError } from './api/answer'
import type { LabRequest } from './api/request'
import type { Now } from './clock'
import { DURATIONS } from './durations'
import { faultsOf } from './faults'
import type { LabState } from './state'

/** Who asks: the user, and the token's id where one was used. */
export type Caller = { user: string; token: string | null }

/** UPIDs and logs name a token's user with the token. */
export const callerName = (caller: Caller): string => caller.token ?? caller.user

/** The caller, or PVE's refusal: an empty 401 after 3 s (AnyEvent.pm:1557-1592). */
export function authenticate(state: LabState, request: LabRequest, now: Now): Caller | Answer {
  const refuse = (reason: string) => bare(401, reason, DURATIONS.refusedSignIn)
  if (request.token) {
    const [id = '', secret] = request.token.split('=')
    const token = state.access.tokens[id]
    if (!token || token.secret !== secret) return refuse('Authentication failed!')
    return { user: id.split('!')[0] as string, token: id }
  }
  if (!request.ticket) return refuse('No ticket')
  const ticket = state.access.tickets[request.ticket]
  if (!ticket || ticket.until < now.wall) return refuse('Authentication failed!')
  if (request.method !== 'GET' && request.csrf !== ticket.csrf && !request.upload)
    return refuse('Permission denied - invalid csrf token')
  return { user: ticket.user, token: null }
}

const words = (text: string): string[] => text.trim().split(/\s+/)

/** Every privilege there is in PVE 9, as the role Administrator has them. */
export const ALL_PRIVILEGES = words(`
Datastore.Allocate Datastore.AllocateSpace Datastore.AllocateTemplate Datastore.Audit Group.Allocate
Mapping.Audit Mapping.Modify Mapping.Use Permissions.Modify Pool.Allocate Pool.Audit Realm.Allocate
Realm.AllocateUser SDN.Allocate SDN.Audit SDN.Use Sys.AccessNetwork Sys.Audit Sys.Console Sys.Incoming
Sys.Modify Sys.PowerMgmt Sys.Syslog User.Modify VM.Allocate VM.Audit VM.Backup VM.Clone VM.Config.CDROM
VM.Config.CPU VM.Config.Cloudinit VM.Config.Disk VM.Config.HWType VM.Config.Memory VM.Config.Network
VM.Config.Options VM.Console VM.GuestAgent.Audit VM.GuestAgent.FileRead VM.GuestAgent.FileSystemMgmt
VM.GuestAgent.FileWrite VM.GuestAgent.Unrestricted VM.Migrate VM.PowerMgmt VM.Replicate VM.Snapshot
VM.Snapshot.Rollback
`)

/** Of PVE 8.4, where one privilege stood for all that the guest agent does (recorded). */
const OLD_PRIVILEGES = [
  ...ALL_PRIVILEGES.filter((name) => !/^VM\.(GuestAgent\.|Replicate)/.test(name)),
  'VM.Monitor',
].sort()

export const allPrivileges = (state: Pick<LabState, 'release'>): readonly string[] =>
  state.release === '8.4' ? OLD_PRIVILEGES : ALL_PRIVILEGES

/** PVE's own roles, as far as they are told by what their privileges are about. */
const ROLES: Readonly<Record<string, RegExp>> = {
  Administrator: /./,
  NoAccess: /^$/,
  PVEAdmin: /^(?!Sys\.(Modify|PowerMgmt|Incoming|AccessNetwork)|Realm\.Allocate$|Permissions\.)/,
  PVEAuditor: /^(Datastore|Mapping|Pool|SDN|Sys|VM|VM\.GuestAgent)\.Audit$/,
  PVEDatastoreAdmin: /^Datastore\./,
  PVEDatastoreUser: /^Datastore\.(AllocateSpace|Audit)$/,
  PVEMappingAdmin: /^Mapping\./,
  PVEMappingAuditor: /^Mapping\.Audit$/,
  PVEMappingUser: /^Mapping\.(Audit|Use)$/,
  PVEPoolAdmin: /^Pool\./,
  PVEPoolUser: /^Pool\.Audit$/,
  PVESDNAdmin: /^SDN\./,
  PVESDNUser: /^SDN\.(Audit|Use)$/,
  PVESysAdmin: /^Sys\.(Audit|Console|Syslog)$/,
  PVETemplateUser: /^VM\.(Audit|Clone)$/,
  PVEUserAdmin: /^(Group\.|Realm\.AllocateUser|User\.)/,
  PVEVMAdmin: /^VM\./,
  PVEVMUser: /^VM\.(Audit|Backup|Config\.(CDROM|Cloudinit)|Console|PowerMgmt|GuestAgent\.Audit)$/,
}

/** The roles that the release brings along, with their privileges. */
export const predefinedRoles = (state: Pick<LabState, 'release'>): Record<string, string[]> =>
  Object.fromEntries(
    Object.entries(ROLES).map(([role, wanted]) => [
      role,
      allPrivileges(state).filter((name) => wanted.test(name)),
    ]),
  )

/**
 * Privileges of a caller on a path: of the entries on the path and above it, the nearest one per
 * user wins. A token without privilege separation has its user's; a separated one only what both have.
 */
export function privilegesOn(state: LabState, caller: Caller, path: string): Set<string> {
  const token = caller.token ? state.access.tokens[caller.token] : null
  const lost = new Set(faultsOf(state, 'privileges-lost').flatMap(({ privileges }) => privileges))
  const ofUser = new Set(
    [...privilegesOf(state, caller.user, path)].filter((privilege) => !lost.has(privilege)),
  )
  if (!caller.token || !token?.privsep) return ofUser
  const ofToken = privilegesOf(state, caller.token, path)
  return new Set([...ofToken].filter((privilege) => ofUser.has(privilege)))
}

function privilegesOf(state: LabState, who: string, path: string): Set<string> {
  if (who === 'root@pam') return new Set(allPrivileges(state))
  const groups = (state.access.users[who]?.groups ?? []).map((group) => `@${group}`)
  const parts = path.split('/').filter(Boolean)
  for (let depth = parts.length; depth >= 0; depth -= 1) {
    const here = `/${parts.slice(0, depth).join('/')}`
    const entries = state.access.acl.filter(
      (entry) => entry.path === here && (entry.propagate || depth === parts.length),
    )
    const own = entries.filter((entry) => entry.who === who)
    const counted = own.length > 0 ? own : entries.filter((entry) => groups.includes(entry.who))
    if (counted.some((entry) => entry.role === 'NoAccess')) return new Set()
    if (counted.length > 0)
      return new Set(counted.flatMap((entry) => state.access.roles[entry.role] ?? []))
  }
  return new Set()
}

/** Throws PVE's 403 unless the caller has one of the privileges there. */
export function requireAny(
  state: LabState,
  caller: Caller,
  path: string,
  privileges: readonly string[],
): void {
  const held = privilegesOn(state, caller, path)
  if (privileges.some((privilege) => held.has(privilege))) return
  throw new LabError(`Permission check failed (${path}, ${privileges.join('|')})`, 403)
}

/** Whether any entry gives the caller that privilege there. */
export const mayDo = (state: LabState, caller: Caller, path: string, privilege: string): boolean =>
  privilegesOn(state, caller, path).has(privilege)
