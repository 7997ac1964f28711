import { type Caller, privilegesOn } from '../../access'
import { wallSeconds } from '../../clock'
import { DURATIONS } from '../../durations'
import { randomHex } from '../../random'
import { versionOf } from '../../release'
import type { Lab } from '../../state'
import { LabError } from '../answer'
import { type Call, type CallResult, endpoint } from '../endpoint'

/** Paths that `GET access/permissions` lists without `path`, as PVE does for the resources it knows. */
function knownPaths(call: Call): string[] {
  const { state } = call.lab
  return [
    '/',
    '/access',
    '/nodes',
    ...Object.keys(state.hosts).map((node) => `/nodes/${node}`),
    '/pool',
    '/sdn',
    '/sdn/zones/localnetwork',
    '/storage',
    ...Object.keys(state.storages).map((id) => `/storage/${id}`),
    '/vms',
    ...Object.keys(state.vms).map((vmid) => `/vms/${vmid}`),
  ]
}

function permissions(call: Call): CallResult {
  const paths = call.params.path ? [call.params.path] : knownPaths(call)
  const rows = paths.flatMap((path) => {
    const held = [...privilegesOn(call.lab.state, call.caller, path)]
    return held.length > 0
      ? [[path, Object.fromEntries(held.map((name) => [name, 1]))] as const]
      : []
  })
  return { data: Object.fromEntries(rows) }
}

/** Password or an earlier ticket for a new ticket, valid 2 h (AccessControl.pm:58). */
function signIn({ lab, params }: Call): CallResult {
  const user = params.username?.includes('@')
    ? params.username
    : `${params.username}@${params.realm ?? ''}`
  const known = lab.state.access.users[user]
  const renewed = lab.state.access.tickets[params.password ?? '']
  const disabled = known?.enable === false
  const matches = !!known?.password && known.password === params.password
  if (disabled || (!matches && renewed?.user !== user))
    throw new LabError('authentication failure', 401, null, DURATIONS.refusedSignIn)
  const stamp = wallSeconds(lab.now).toString(16).toUpperCase()
  const ticket = `PVE:${user}:${stamp}::${randomHex(lab.state, 64)}`
  const csrf = `${stamp}:${randomHex(lab.state, 40)}`
  for (const [old, { until }] of Object.entries(lab.state.access.tickets))
    if (until < lab.now.wall) delete lab.state.access.tickets[old]
  lab.state.access.tickets[ticket] = { user, csrf, until: lab.now.wall + 2 * 3_600_000 }
  return {
    data: {
      ...{ username: user, ticket, CSRFPreventionToken: csrf },
      cap: capabilities(lab, { user, token: null }),
      ...(lab.state.cluster ? { clustername: lab.state.cluster.name } : {}),
    },
  }
}

/** Parts of PVE's own pages by the path and the privileges that they look at. */
const CAPABILITIES: readonly [string, string, RegExp][] = [
  ['access', '/access', /^(User|Group)\.|^Permissions\./],
  ['dc', '/', /^SDN\.|^Sys\.(Audit|Modify)$/],
  ['mapping', '/mapping', /^(Mapping|Permissions)\./],
  ['nodes', '/nodes', /^(Sys|Permissions)\./],
  ['sdn', '/sdn', /^(SDN|Permissions)\./],
  ['storage', '/storage', /^(Datastore|Permissions)\./],
  ['vms', '/vms', /^(VM|Permissions)\./],
]

/** Privileges on a path or on anything under it that an entry names. */
function privilegesBelow(lab: Lab, caller: Caller, path: string): Set<string> {
  const under = lab.state.access.acl.filter((entry) => entry.path.startsWith(`${path}/`))
  const paths = [path, ...(path === '/' ? [] : under.map((entry) => entry.path))]
  return new Set(paths.flatMap((each) => [...privilegesOn(lab.state, caller, each)]))
}

const capabilities = (lab: Lab, caller: Caller) =>
  Object.fromEntries(
    CAPABILITIES.map(([part, path, privileges]) => [
      part,
      Object.fromEntries(
        [...privilegesBelow(lab, caller, path)]
          .filter((name) => privileges.test(name))
          .map((name) => [name, 1]),
      ),
    ]),
  )

export const accessEndpoints = [
  endpoint('GET /version', {}, ({ lab }) => {
    const { release, repoid, version } = versionOf(lab.state)
    return { data: { release, repoid, version } }
  }),
  endpoint('GET /access/ticket', { open: true }, () => ({ data: null })),
  endpoint(
    'POST /access/ticket',
    {
      open: true,
      params: 'username:str password:str realm?:str otp?:str path?:str privs?:str new-format?:bool',
    },
    signIn,
  ),
  endpoint('GET /access/domains', { open: true }, () => ({
    data: [
      { realm: 'pam', type: 'pam', comment: 'Linux PAM standard authentication' },
      { realm: 'pve', type: 'pve', comment: 'Proxmox VE authentication server' },
    ],
  })),
  endpoint('GET /access/permissions', { params: 'path?:str userid?:str' }, permissions),
]
