import { expect, test, vi } from 'vitest'
import type { Invited, PeopleAnswer, Person } from '@/lib/api/contract-people'
import { cookieHeader } from '@/lib/auth/session'
import { startSession } from '@/lib/auth/start-session'
import { ask, tempPanel } from '@/lib/auth/testing/temp-panel'
import { type OidcSettings, putOidcSettings } from '@/lib/db/oidc-settings'
import * as invite from '../auth/invite/route'
import * as phoneIn from '../auth/phone/route'
import * as phone from '../me/phone/route'
import * as mySessions from '../me/sessions/route'
import * as session from '../session/route'
import * as personInvite from './[id]/invite/route'
import * as provider from './[id]/provider/route'
import * as person from './[id]/route'
import * as secondFactor from './[id]/second-factor/route'
import * as sessions from './[id]/sessions/route'
import * as people from './route'

const NEW = 'a new sentence of my own'

async function withAdmin() {
  const at = await tempPanel()
  const admin = await at.signedIn('admin')
  const adminId = (await at.panel.db.user.findFirstOrThrow({ where: { username: 'admin' } })).id
  const list = async () =>
    (await ask(people.GET, { cookie: admin })).json as unknown as PeopleAnswer
  const find = async (name: string) =>
    (await list()).people.find((each) => each.name === name) as Person
  const send = (
    handler: Parameters<typeof ask>[0],
    method: string,
    { id, body }: { id?: string; body?: unknown } = {},
  ) => ask(handler, { method, body, cookie: admin, ...(id ? { params: { id } } : {}) })
  const add = async (name: string, more: Record<string, unknown> = {}) =>
    (await send(people.POST, 'POST', { body: { name, role: 'viewer', grants: {}, ...more } }))
      .json as unknown as Invited
  const accept = (token: string, password?: string) =>
    ask(invite.POST, { method: 'POST', body: { token, ...(password ? { password } : {}) } })
  const audited = async () =>
    (await at.panel.db.auditEntry.findMany({ orderBy: { seq: 'asc' } })).map((each) => each.action)
  return { ...at, admin, adminId, list, find, send, add, accept, audited }
}

const cookieOf = (headers: Headers) =>
  headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')

test('a person is invited, looks, sets a password once and is signed in', async () => {
  const at = await withAdmin()
  const { token, person: added } = await at.add('Barbara')
  expect(added).toMatchObject({ name: 'Barbara', role: 'viewer', ways: { password: false } })
  expect(added.invitedUntil).toBeGreaterThan(at.panel.now())

  const look = await at.accept(token)
  expect(look.json).toMatchObject({ name: 'Barbara', reset: false, oidc: null, passwords: true })
  expect((await at.accept(token, 'short')).json).toMatchObject({ code: 'input.invalid' })
  expect((await at.accept(token, 'password1234')).json).toMatchObject({
    code: 'password.guessable',
  })

  const accepted = await at.accept(token, NEW)
  expect(accepted.json).toMatchObject({ me: { name: 'Barbara', role: 'viewer' } })
  const me = await ask(session.GET, { cookie: cookieOf(accepted.headers) })
  expect(me.json).toMatchObject({ me: { name: 'Barbara' } })
  expect(await at.accept(token, NEW)).toMatchObject({
    status: 404,
    json: { code: 'invite.unknown' },
  })
  expect(await at.find('Barbara')).toMatchObject({
    invitedUntil: null,
    sessions: 1,
    ways: { password: true },
  })
  expect(await at.audited()).toEqual([
    'session.sign-in',
    'person.create',
    'person.invite-accept',
    'session.sign-in',
  ])
})

test('a second link ends the first, and both end after a day', async () => {
  const at = await withAdmin()
  const first = await at.add('Barbara')
  const id = first.person.id
  const second = (await at.send(personInvite.POST, 'POST', { id })).json as unknown as Invited
  expect((await at.accept(first.token)).status).toBe(404)
  expect((await at.accept(second.token)).status).toBe(200)
  const now = at.panel.now()
  vi.spyOn(at.panel, 'now').mockReturnValue(now + 24 * 3_600_000 + 1)
  expect((await at.accept(second.token)).status).toBe(404)
})

test('a reset ends the sessions that were, and does not stand in for a second factor', async () => {
  const at = await withAdmin()
  const viewer = await at.signedIn('viewer')
  const { id } = await at.find('viewer')
  await at.panel.db.user.update({ where: { id }, data: { totpSince: new Date(1) } })
  const { token } = (await at.send(personInvite.POST, 'POST', { id })).json as unknown as Invited
  expect((await at.accept(token)).json).toMatchObject({ reset: true })
  const accepted = await at.accept(token, NEW)
  expect(accepted.json).toMatchObject({ me: null })
  expect(accepted.headers.getSetCookie()).toEqual([])
  expect((await ask(session.GET, { cookie: viewer })).json.me).toBeNull()
})

test('whoever is signed out, or gets another password, is not let in by what they began before', async () => {
  const at = await withAdmin()
  const viewer = await at.signedIn('viewer')
  const { id } = await at.find('viewer')
  const begin = async (cookie: string) =>
    (await ask(phone.POST, { method: 'POST', body: {}, cookie })).json.token
  const come = async (token: unknown) =>
    (await ask(phoneIn.POST, { method: 'POST', body: { token } })).status
  const first = await begin(viewer)
  expect((await at.send(sessions.DELETE, 'DELETE', { id })).json).toEqual({ ended: 1 })
  expect(await come(first)).toBe(401)

  const { token } = (await at.send(personInvite.POST, 'POST', { id })).json as unknown as Invited
  const second = await begin(cookieOf((await at.accept(token, NEW)).headers))
  const reset = (await at.send(personInvite.POST, 'POST', { id })).json as unknown as Invited
  const cookie = cookieOf((await at.accept(reset.token, NEW)).headers)
  expect(await come(second)).toBe(401)

  const third = await begin(cookie)
  await ask(mySessions.DELETE, { method: 'DELETE', cookie })
  expect(await come(third)).toBe(401)
  expect(await come(await begin(cookie))).toBe(201)
})

test('a name that is taken in any case of letters is refused at its field', async () => {
  const at = await withAdmin()
  const body = { name: 'ADMIN', role: 'viewer', grants: {} }
  expect(await at.send(people.POST, 'POST', { body })).toMatchObject({
    status: 409,
    json: { code: 'person.name-taken', issues: [{ path: ['name'] }] },
  })
})

test('a lowered role, a grant and a switch count at the next request', async () => {
  const at = await withAdmin()
  const cookie = await at.signedIn('editor')
  const { id } = await at.find('editor')
  const change = (body: unknown) => at.send(person.PATCH, 'PATCH', { id, body })
  const me = async () => (await ask(session.GET, { cookie })).json.me
  await at.panel.db.topology.create({
    data: { id: 'rack', name: 'Rack', headRevision: 0, createdAt: new Date(1) },
  })

  expect((await change({ role: 'member', grants: { rack: 'operator' } })).json).toMatchObject({
    role: 'member',
    grants: { rack: 'operator' },
  })
  expect(await me()).toMatchObject({ role: 'member', grants: { rack: 'operator' } })
  expect((await change({ grants: { gone: 'viewer' } })).json).toMatchObject({
    code: 'topology.unknown',
  })

  const hungUp = vi.spyOn(at.panel.live, 'endSession')
  await change({ disabled: true })
  expect(await me()).toBeNull()
  expect(hungUp).toHaveBeenCalledOnce()
  expect((await at.send(personInvite.POST, 'POST', { id })).json.code).toBe('person.disabled')
  await change({ disabled: false })
  expect(await at.find('editor')).toMatchObject({ disabled: false, sessions: 0 })
  const last = await at.panel.db.auditEntry.findFirstOrThrow({ orderBy: { seq: 'desc' } })
  expect(JSON.parse(last.beforeJson ?? '')).toMatchObject({ name: 'editor', disabled: true })
  expect(JSON.parse(last.afterJson ?? '')).toMatchObject({ name: 'editor', disabled: false })
})

test('the last admin who can sign in stays one, whatever is tried', async () => {
  const at = await withAdmin()
  const { token } = await at.add('Second', { role: 'admin' })
  const { id } = await at.find('Second')
  expect((await at.list()).people.map(({ lastAdmin }) => lastAdmin)).toEqual([true, false])

  // The other admin has no way to sign in yet, so does not count.
  const lower = { id: at.adminId, body: { role: 'viewer' } }
  expect((await at.send(person.PATCH, 'PATCH', lower)).json.code).toBe('person.last-admin')
  expect(await at.find('admin')).toMatchObject({ role: 'admin', lastAdmin: true })

  await at.accept(token, NEW)
  expect((await at.send(person.DELETE, 'DELETE', { id: at.adminId })).json.code).toBe(
    'person.yourself',
  )
  const off = { id: at.adminId, body: { disabled: true } }
  expect((await at.send(person.PATCH, 'PATCH', off)).json.code).toBe('person.yourself')
  expect((await at.send(person.PATCH, 'PATCH', { id, body: { disabled: true } })).status).toBe(200)
  expect((await at.send(person.PATCH, 'PATCH', lower)).json.code).toBe('person.last-admin')
})

test('an admin who has no way in any more does not remove the only one who has', async () => {
  const at = await withAdmin()
  const { token } = await at.add('Second', { role: 'admin' })
  await at.accept(token, NEW)
  const { id } = await at.find('Second')
  await at.panel.db.account.deleteMany({ where: { userId: at.adminId } })
  expect((await at.send(person.DELETE, 'DELETE', { id })).json.code).toBe('person.last-admin')
  expect(await at.find('Second')).toMatchObject({ lastAdmin: true, sessions: 1 })
})

test('a refused change leaves nothing behind, not even in the audit log', async () => {
  const at = await withAdmin()
  const before = await at.audited()
  const lower = { id: at.adminId, body: { role: 'viewer', grants: {} } }
  expect((await at.send(person.PATCH, 'PATCH', lower)).status).toBe(409)
  expect((await at.audited()).filter((action) => action.startsWith('person.'))).toEqual([])
  expect(before).toEqual(['session.sign-in'])
})

test('sessions are ended, a second factor is taken away, a person is removed by name', async () => {
  const at = await withAdmin()
  const cookie = await at.signedIn('viewer')
  const { id } = await at.find('viewer')
  await at.panel.db.user.update({ where: { id }, data: { totpSince: new Date(1) } })
  await at.panel.db.recoveryCode.create({ data: { id: 'r', userId: id, hash: 'h' } })
  const cleared = await at.send(secondFactor.DELETE, 'DELETE', { id })
  expect(cleared.json).toMatchObject({ ways: { password: true, totp: false, passkeys: 0 } })
  expect(await at.panel.db.recoveryCode.count()).toBe(0)

  expect((await at.send(sessions.DELETE, 'DELETE', { id })).json).toEqual({ ended: 1 })
  expect((await ask(session.GET, { cookie })).json.me).toBeNull()

  expect((await at.send(person.DELETE, 'DELETE', { id })).json).toEqual({ id })
  expect((await at.send(person.DELETE, 'DELETE', { id })).status).toBe(404)
  const removed = await at.panel.db.auditEntry.findFirstOrThrow({
    where: { action: 'person.remove' },
  })
  expect(removed.objectId).toBe('viewer')
})

test('a person is disconnected from the provider, and what was opened through it ends', async () => {
  const at = await withAdmin()
  const byPassword = await at.signedIn('viewer')
  const { id } = await at.find('viewer')
  const issuer = 'https://id'
  await at.panel.db.oidcIdentity.create({
    data: { issuer, subject: 's', userId: id, createdAt: new Date(1) },
  })
  const start = { userId: id, kind: 'browser', method: 'oidc', confirmed: true } as const
  const cookie = cookieHeader(await startSession(at.panel, new Headers(), start))
  const hungUp = vi.spyOn(at.panel.live, 'endSession')
  expect((await at.send(provider.DELETE, 'DELETE', { id })).status).toBe(200)
  expect(await at.panel.db.oidcIdentity.count()).toBe(0)
  expect(hungUp).toHaveBeenCalledOnce()
  expect((await ask(session.GET, { cookie })).json.me).toBeNull()
  expect((await ask(session.GET, { cookie: byPassword })).json.me).not.toBeNull()
  expect((await at.audited()).at(-1)).toBe('oidc.unlink')
  // Again there is nothing to write down.
  expect((await at.send(provider.DELETE, 'DELETE', { id })).status).toBe(200)
  expect((await at.audited()).filter((action) => action === 'oidc.unlink')).toHaveLength(1)
})

test('nobody is left out of the house by disconnecting the last admin who can sign in', async () => {
  const at = await withAdmin()
  const settings: OidcSettings = {
    ...{ issuer: 'https://id', clientId: 'c', scopes: 'openid', label: 'Id', ca: null },
    ...{ nameClaim: 'name', groupsClaim: 'groups', allowedGroups: [], makesAccounts: true },
    ...{ defaultRole: 'viewer', mapping: [], breakGlassOnly: false },
  }
  await putOidcSettings(at.panel.db, settings)
  await at.panel.db.oidcIdentity.create({
    data: { issuer: 'https://id', subject: 's', userId: at.adminId, createdAt: new Date(1) },
  })
  await at.panel.db.account.deleteMany({ where: { userId: at.adminId } })
  const refused = await at.send(provider.DELETE, 'DELETE', { id: at.adminId })
  expect(refused.json.code).toBe('person.last-admin')
  expect(await at.panel.db.oidcIdentity.count()).toBe(1)
})

test('what changes people takes a fresh proof; a break-glass account needs a password', async () => {
  const at = await withAdmin()
  const { person: waiting } = await at.add('Waiting')
  const mark = (id: string) => at.send(person.PATCH, 'PATCH', { id, body: { breakGlass: true } })
  expect((await mark(waiting.id)).json.code).toBe('person.no-password')
  expect((await mark(at.adminId)).json).toMatchObject({ breakGlass: true })
  await at.panel.db.session.updateMany({ data: { confirmedAt: new Date(1) } })
  expect((await mark(at.adminId)).json.code).toBe('confirm.sign-in-again')
})
