import { allPrivileges, mayDo, requireAny } from '../../access'
import { randomUuid } from '../../random'
import type { LabState, LabUser } from '../../state'
import { invalid, LabError } from '../answer'
import { type Call, type CallResult, endpoint } from '../endpoint'

const words = (text: string | undefined): string[] => (text ?? '').split(/[,;\s]+/).filter(Boolean)

const TEXTS = ['comment', 'email', 'firstname', 'lastname'] as const

/** Fields of a user that a call names; those that it leaves out stay. */
function userFields(params: Record<string, string>): Partial<LabUser> {
  const texts = TEXTS.flatMap((key) => (params[key] === undefined ? [] : [[key, params[key]]]))
  return {
    ...Object.fromEntries(texts),
    ...(params.enable === undefined ? {} : { enable: params.enable === '1' }),
    ...(params.expire === undefined ? {} : { expire: Number(params.expire) }),
    ...(params.groups === undefined ? {} : { groups: words(params.groups) }),
  }
}

const userRow = (user: LabUser) => ({
  ...Object.fromEntries(TEXTS.flatMap((key) => (user[key] ? [[key, user[key]]] : []))),
  enable: user.enable === false ? 0 : 1,
  expire: user.expire ?? 0,
})

const getUser = (state: LabState, userid: string): LabUser => {
  const user = state.access.users[userid]
  if (!user) throw new LabError(`no such user ('${userid}')`)
  return user
}

function create({ lab, params }: Call): CallResult {
  const { userid = '', password } = params
  const { users } = lab.state.access
  if (users[userid]) throw new LabError(`create user failed: user '${userid}' already exists`)
  const realm = userid.split('@')[1] ?? ''
  if (!['pam', 'pve'].includes(realm))
    throw new LabError(`create user failed: domain '${realm}' does not exist`)
  users[userid] = { password: password ?? null, ...userFields(params) }
  return { data: null }
}

function remove({ lab, params }: Call): CallResult {
  const userid = params.userid ?? ''
  getUser(lab.state, userid)
  const { access } = lab.state
  delete access.users[userid]
  for (const id of Object.keys(access.tokens))
    if (id.startsWith(`${userid}!`)) delete access.tokens[id]
  access.acl = access.acl.filter(({ who }) => who !== userid && !who.startsWith(`${userid}!`))
  return { data: null }
}

/** A person may care for his own tokens. */
function assertMayCare({ lab, params, caller }: Call): void {
  if (caller.user === params.userid && !caller.token) return
  requireAny(lab.state, caller, '/access/groups', ['User.Modify'])
}

const tokensOf = (state: LabState, userid: string) =>
  Object.entries(state.access.tokens).filter(([id]) => id.startsWith(`${userid}!`))

type Token = LabState['access']['tokens'][string]
const tokenInfo = (token: Token) => ({
  ...{ privsep: token.privsep ? 1 : 0, expire: token.expire ?? 0 },
  ...(token.comment ? { comment: token.comment } : {}),
})

/** `info` tells back what was given, as it was given (recorded). */
function makeToken(call: Call): CallResult {
  const { lab, params } = call
  const { userid = '', tokenid = '', privsep, comment, expire } = params
  assertMayCare(call)
  getUser(lab.state, userid)
  const id = `${userid}!${tokenid}`
  if (lab.state.access.tokens[id]) throw invalid({ tokenid: 'Token already exists.' })
  const secret = randomUuid(lab.state)
  lab.state.access.tokens[id] = {
    ...{ secret, privsep: privsep !== '0' },
    ...(comment === undefined ? {} : { comment }),
    ...(expire === undefined ? {} : { expire: Number(expire) }),
  }
  const given = { ...(comment ? { comment } : {}), ...(expire ? { expire } : {}) }
  return {
    data: { 'full-tokenid': id, value: secret, info: { privsep: privsep ?? 1, ...given } },
  }
}

const getToken = ({ lab, params }: Call): [string, Token] => {
  const id = `${params.userid}!${params.tokenid}`
  const token = lab.state.access.tokens[id]
  if (!token) throw new LabError(`no such token '${params.tokenid}' for user '${params.userid}'`)
  return [id, token]
}

/** Who an entry is for: `user`, `token` or `group`; groups are kept with an `@`. */
const typeOf = (who: string) =>
  who.startsWith('@') ? 'group' : who.includes('!') ? 'token' : 'user'

function changeAcl({ lab, params, caller }: Call): CallResult {
  const { path = '', roles = '', users, tokens, groups, propagate } = params
  requireAny(lab.state, caller, path, ['Permissions.Modify'])
  const named = [...words(users), ...words(tokens), ...words(groups).map((name) => `@${name}`)]
  for (const role of words(roles))
    for (const who of named) {
      const { access } = lab.state
      if (!access.roles[role]) throw new LabError(`role '${role}' does not exist`)
      if (typeOf(who) === 'user' && !access.users[who])
        throw new LabError(`user '${who}' does not exist`)
      access.acl = access.acl.filter(
        (entry) => !(entry.path === path && entry.who === who && entry.role === role),
      )
      if (params.delete !== '1') access.acl.push({ path, who, role, propagate: propagate !== '0' })
    }
  return { data: null }
}

function wantedPrivileges(state: LabState, text: string | undefined): string[] {
  const wanted = words(text)
  const unknown = wanted.find((name) => !allPrivileges(state).includes(name))
  if (unknown) throw invalid({ privs: `invalid format - invalid privilege '${unknown}'\n` })
  return wanted
}

/** Roles that PVE brings along. */
const isSpecial = (roleid: string): boolean => /^(PVE|Administrator|NoAccess)/.test(roleid)

function changeRole({ lab, params }: Call): CallResult {
  const { roleid = '', privs, append } = params
  const { roles } = lab.state.access
  if (!roles[roleid]) throw new LabError(`role '${roleid}' does not exist`)
  if (isSpecial(roleid)) throw new LabError(`auto-generated role '${roleid}' cannot be modified`)
  const wanted = wantedPrivileges(lab.state, privs)
  roles[roleid] = append === '1' ? [...new Set([...roles[roleid], ...wanted])] : wanted
  return { data: null }
}

const ON_USERS = { need: 'User.Modify on /access/groups' }
const ON_GROUPS = {
  ...{ need: 'Group.Allocate on /access/groups', params: 'groupid:groupid comment?:str' },
}
const ON_ROLES = { need: 'Sys.Modify on /access' }
const TOKEN = '/access/users/{userid}/token/{tokenid}'

export const userEndpoints = [
  endpoint('GET /access/users', { params: 'enabled?:bool full?:bool' }, ({ lab, caller }) => ({
    data: Object.entries(lab.state.access.users)
      .filter(
        ([userid]) =>
          userid === caller.user ||
          mayDo(lab.state, caller, '/access/groups', 'User.Modify') ||
          mayDo(lab.state, caller, '/access/groups', 'Sys.Audit'),
      )
      .map(([userid, user]) => ({ userid, ...userRow(user), 'realm-type': userid.split('@')[1] })),
  })),
  endpoint('POST /access/users', ON_USERS, create),
  endpoint('GET /access/users/{userid}', {}, ({ lab, params }) => {
    const user = getUser(lab.state, params.userid ?? '')
    const tokens = tokensOf(lab.state, params.userid ?? '')
    return {
      data: {
        ...{ ...userRow(user), groups: user.groups ?? [] },
        tokens: Object.fromEntries(
          tokens.map(([id, token]) => [id.split('!')[1] as string, tokenInfo(token)]),
        ),
      },
    }
  }),
  endpoint('PUT /access/users/{userid}', ON_USERS, ({ lab, params }) => {
    Object.assign(getUser(lab.state, params.userid ?? ''), userFields(params))
    return { data: null }
  }),
  endpoint('DELETE /access/users/{userid}', ON_USERS, remove),
  endpoint('PUT /access/password', {}, (call) => {
    assertMayCare(call)
    getUser(call.lab.state, call.params.userid ?? '').password = call.params.password ?? null
    return { data: null }
  }),
  endpoint('GET /access/users/{userid}/token', {}, ({ lab, params }) => ({
    data: tokensOf(lab.state, params.userid ?? '').map(([id, token]) => ({
      ...{ tokenid: id.split('!')[1], ...tokenInfo(token) },
    })),
  })),
  endpoint(`GET ${TOKEN}`, {}, (call) => ({ data: tokenInfo(getToken(call)[1]) })),
  endpoint(`POST ${TOKEN}`, { params: 'privsep?:bool expire?:int comment?:str' }, makeToken),
  endpoint(`PUT ${TOKEN}`, {}, (call) => {
    assertMayCare(call)
    const [, token] = getToken(call)
    const { privsep, comment, expire } = call.params
    if (privsep !== undefined) token.privsep = privsep !== '0'
    if (comment !== undefined) token.comment = comment
    if (expire !== undefined) token.expire = Number(expire)
    return { data: tokenInfo(token) }
  }),
  endpoint(`DELETE ${TOKEN}`, {}, (call) => {
    assertMayCare(call)
    delete call.lab.state.access.tokens[getToken(call)[0]]
    return { data: null }
  }),
  endpoint('GET /access/groups', {}, ({ lab }) => ({
    data: Object.entries(lab.state.access.groups ?? {}).map(([groupid, { comment }]) => ({
      ...{ groupid, ...(comment ? { comment } : {}) },
      users: Object.entries(lab.state.access.users)
        .filter(([, user]) => user.groups?.includes(groupid))
        .map(([userid]) => userid)
        .join(','),
    })),
  })),
  endpoint('POST /access/groups', ON_GROUPS, (call) => {
    const { access } = call.lab.state
    const { groupid = '', comment } = call.params
    access.groups ??= {}
    if (access.groups[groupid])
      throw new LabError(`create group failed: group '${groupid}' already exists`)
    access.groups[groupid] = { comment: comment ?? null }
    return { data: null }
  }),
  endpoint('GET /access/roles', {}, ({ lab }) => ({
    data: Object.entries(lab.state.access.roles).map(([roleid, privs]) => ({
      ...{ roleid, privs: privs.join(','), special: isSpecial(roleid) ? 1 : 0 },
    })),
  })),
  endpoint('POST /access/roles', ON_ROLES, ({ lab, params }) => {
    const { roleid = '', privs } = params
    if (lab.state.access.roles[roleid])
      throw new LabError(`create role failed: role '${roleid}' already exists`)
    lab.state.access.roles[roleid] = wantedPrivileges(lab.state, privs)
    return { data: null }
  }),
  endpoint('GET /access/roles/{roleid}', {}, ({ lab, params }) => {
    const role = lab.state.access.roles[params.roleid ?? '']
    if (!role) throw new LabError(`role '${params.roleid}' does not exist`)
    return { data: Object.fromEntries(role.map((name) => [name, 1])) }
  }),
  endpoint('PUT /access/roles/{roleid}', ON_ROLES, changeRole),
  endpoint('DELETE /access/roles/{roleid}', ON_ROLES, ({ lab, params }) => {
    const { roles } = lab.state.access
    if (!roles[params.roleid ?? '']) throw new LabError(`role '${params.roleid}' does not exist`)
    if (isSpecial(params.roleid ?? ''))
      throw new LabError(`auto-generated role '${params.roleid}' cannot be deleted`)
    delete roles[params.roleid ?? '']
    return { data: null }
  }),
  endpoint('GET /access/acl', {}, ({ lab, caller }) => ({
    data:
      mayDo(lab.state, caller, '/access', 'Sys.Audit') ||
      mayDo(lab.state, caller, '/access', 'Permissions.Modify')
        ? lab.state.access.acl.map(({ path, who, role, propagate }) => ({
            ...{ path, ugid: who.replace(/^@/, ''), roleid: role },
            ...{ propagate: propagate ? 1 : 0, type: typeOf(who) },
          }))
        : [],
  })),
  endpoint('PUT /access/acl', {}, changeAcl),
]
