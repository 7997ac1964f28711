import { ALL_PRIVILEGES, privilegesOn } from '../../access'
import { wallSeconds } from '../../clock'
import { DURATIONS } from '../../durations'
import { randomHex, randomUuid } from '../../random'
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
  if ((!known?.password || known.password !== params.password) && renewed?.user !== user)
    throw new LabError('authentication failure', 401, null, DURATIONS.refusedSignIn)
  const stamp = wallSeconds(lab.now).toString(16).toUpperCase()
  const ticket = `PVE:${user}:${stamp}::${randomHex(lab.state, 64)}`
  const csrf = `${stamp}:${randomHex(lab.state, 40)}`
  for (const [old, { until }] of Object.entries(lab.state.access.tickets))
    if (until < lab.now.wall) delete lab.state.access.tickets[old]
  lab.state.access.tickets[ticket] = { user, csrf, until: lab.now.wall + 2 * 3_600_000 }
  const cap = Object.fromEntries(
    ALL_PRIVILEGES.filter((name) => name.startsWith('VM.')).map((name) => [name, 1]),
  )
  return {
    data: {
      username: user,
      ticket,
      CSRFPreventionToken: csrf,
      cap: { vms: cap },
      clustername: 'lab',
    },
  }
}

function makeToken({ lab, params }: Call): CallResult {
  const { userid = '', tokenid = '', privsep } = params
  const id = `${userid}!${tokenid}`
  if (!lab.state.access.users[userid]) throw new LabError(`no such user ('${userid}')`)
  if (lab.state.access.tokens[id])
    throw new LabError('Parameter verification failed.', 400, { tokenid: 'Token already exists.' })
  const secret = randomUuid(lab.state)
  lab.state.access.tokens[id] = { secret, privsep: privsep !== '0' }
  return { data: { 'full-tokenid': id, value: secret, info: { privsep: privsep ?? 1 } } }
}

function changeAcl({ lab, params }: Call): CallResult {
  const { path = '', roles = '', users, tokens, propagate } = params
  for (const role of roles.split(','))
    for (const who of `${users ?? ''},${tokens ?? ''}`.split(',').filter(Boolean)) {
      if (!lab.state.access.roles[role]) throw new LabError(`role '${role}' does not exist`)
      lab.state.access.acl = lab.state.access.acl.filter(
        (entry) => !(entry.path === path && entry.who === who && entry.role === role),
      )
      if (params.delete !== '1')
        lab.state.access.acl.push({ path, who, role, propagate: propagate !== '0' })
    }
  return { data: null }
}

function makeRole({ lab, params }: Call): CallResult {
  const { roleid = '', privs = '' } = params
  if (lab.state.access.roles[roleid])
    throw new LabError(`create role failed: role '${roleid}' already exists`)
  const wanted = privs.split(/[, ]+/).filter(Boolean)
  const unknown = wanted.find((name) => !ALL_PRIVILEGES.includes(name))
  if (unknown)
    throw new LabError('Parameter verification failed.', 400, {
      privs: `invalid format - invalid privilege '${unknown}'\n`,
    })
  lab.state.access.roles[roleid] = wanted
  return { data: null }
}

export const accessEndpoints = [
  endpoint('GET /version', {}, () => ({
    data: { release: '9.0', repoid: '9ac1d5a8e9ab0b5f', version: '9.0.11' },
  })),
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
  endpoint('GET /access/roles', {}, ({ lab }) => ({
    data: Object.entries(lab.state.access.roles).map(([roleid, privs]) => ({
      roleid,
      privs: privs.join(','),
      special: /^(PVE|Administrator|NoAccess)/.test(roleid) ? 1 : 0,
    })),
  })),
  endpoint(
    'POST /access/roles',
    { need: 'Sys.Modify on /access', params: 'roleid:str privs?:str' },
    makeRole,
  ),
  endpoint('GET /access/users', {}, ({ lab }) => ({
    data: Object.keys(lab.state.access.users).map((userid) => ({ userid, enable: 1, expire: 0 })),
  })),
  endpoint(
    'POST /access/users',
    {
      need: 'User.Modify on /access/groups',
      params: 'userid:str password?:str comment?:str enable?:bool',
    },
    ({ lab, params }) => {
      const { userid = '', password } = params
      if (lab.state.access.users[userid])
        throw new LabError(`create user failed: user '${userid}' already exists`)
      lab.state.access.users[userid] = { password: password ?? null }
      return { data: null }
    },
  ),
  endpoint(
    'POST /access/users/{userid}/token/{tokenid}',
    { need: 'User.Modify on /access/users', params: 'privsep?:bool expire?:int comment?:str' },
    makeToken,
  ),
  endpoint('GET /access/acl', {}, ({ lab }) => ({
    data: lab.state.access.acl.map(({ path, who, role, propagate }) => ({
      path,
      ugid: who,
      roleid: role,
      propagate: propagate ? 1 : 0,
      type: who.includes('!') ? 'token' : 'user',
    })),
  })),
  endpoint(
    'PUT /access/acl',
    {
      need: 'Permissions.Modify on /access',
      params: 'path:str roles:str users?:str tokens?:str groups?:str propagate?:bool delete?:bool',
    },
    changeAcl,
  ),
]
