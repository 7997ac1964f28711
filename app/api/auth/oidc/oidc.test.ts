import { expect, onTestFinished, test, vi } from 'vitest'
import type { Invited, OidcRequest } from '@/lib/api/contract-people'
import { ask, ORIGIN, PASSWORD, tempPanel } from '@/lib/auth/testing/temp-panel'
import type { Secret } from '@/lib/base/secret'
import { ensureProvisionerKey } from '@/lib/db/secret-keys'
import { openSealed, readIdentity } from '@/lib/db/secret-open'
import { findSealed } from '@/lib/db/secrets'
import type { Ask } from '@/lib/live/questions'
import { signInAt, startProvider } from '@/lib/oidc/testing/oidc-provider'
import { oidcAnswers } from '@/workers/provisioner/answer-oidc'
import * as person from '../../people/[id]/route'
import * as people from '../../people/route'
import * as session from '../../session/route'
import * as settings from '../../settings/oidc/route'
import * as settingsTest from '../../settings/oidc/test/route'
import * as invite from '../invite/route'
import * as signIn from '../sign-in/route'
import * as callback from './callback/route'
import * as begin from './route'

const BACK = `${ORIGIN}/api/auth/oidc/callback`

type Handler = (request: Request, context: { params: Promise<object> }) => Promise<Response>

/** A browser as far as sign-in needs one: its cookies, and links that it follows. */
function makeBrowser(cookies: Record<string, string> = {}) {
  const jar = new Map(Object.entries(cookies))
  const header = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
  const keep = (headers: Headers) => {
    for (const each of headers.getSetCookie()) {
      const [pair = ''] = each.split(';')
      const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.split('=')[1]]
      if (value === '' || /Max-Age=0/.test(each)) jar.delete(name)
      else jar.set(name, value)
    }
  }
  const get = async (handler: Handler, path: string, headers: Record<string, string> = {}) => {
    const request = new Request(`${ORIGIN}${path}`, {
      headers: { host: new URL(ORIGIN).host, cookie: header(), ...headers },
    })
    const response = await handler(request, { params: Promise.resolve({}) })
    keep(response.headers)
    return { status: response.status, location: response.headers.get('location') ?? '', response }
  }
  const atProvider = new Map<string, string>()
  let loginBefore = ''
  return {
    jar,
    get,
    cookie: header,
    keep,
    /** Begins, signs in at the provider, comes back: where the browser is sent then. */
    async round(login: string, query = '', headers: Record<string, string> = {}) {
      const begun = await get(begin.GET as Handler, `/api/auth/oidc${query}`, headers)
      if (begun.location.startsWith('/')) return begun.location
      // Somebody else would use a window of their own.
      if (loginBefore !== login) atProvider.clear()
      loginBefore = login
      const back = await signInAt(begun.location, { login, jar: atProvider })
      return (await get(callback.GET as Handler, back.slice(ORIGIN.length))).location
    },
    async me() {
      return (await ask(session.GET, { cookie: header() })).json.me as Record<
        string,
        unknown
      > | null
    },
  }
}

async function withOidc(change: Partial<OidcRequest> = {}) {
  const at = await tempPanel()
  const real = await startProvider([BACK])
  onTestFinished(() => real.close())
  const admin = await at.signedIn('admin')
  await ensureProvisionerKey(at.panel.dataDir)
  const identity = await readIdentity(at.panel.dataDir)
  const secrets = {
    find: async (name: string): Promise<Secret | null> => {
      const sealed = await findSealed(at.panel.db, name)
      return sealed === null ? null : openSealed(identity, name, sealed)
    },
  }
  const answers = oidcAnswers({ db: at.panel.db, secrets, now: at.panel.now })
  at.panel.ask = (async (kind, question) => {
    const give = answers[kind] as ((question: unknown) => Promise<unknown>) | undefined
    if (!give) throw new Error(`nothing answers "${kind}"`)
    return give(question)
  }) as Ask
  const request: OidcRequest = {
    ...{ issuer: real.issuer, clientId: real.clientId, clientSecret: real.clientSecret },
    ...{ scopes: 'openid profile groups', nameClaim: 'preferred_username' },
    ...{ groupsClaim: 'groups', label: 'Authentik', ca: null, allowedGroups: [], mapping: [] },
    ...{ makesAccounts: true, defaultRole: 'viewer' as const, breakGlassOnly: false, ...change },
  }
  const put = (more: Partial<OidcRequest> = {}) =>
    ask(settings.PUT, { method: 'PUT', cookie: admin, body: { ...request, ...more } })
  expect(await put()).toMatchObject({ status: 200 })
  const personOf = async (name: string) =>
    at.panel.db.user.findFirst({ where: { username: name }, include: { grants: true } })
  const entries = (action: string) =>
    at.panel.db.auditEntry.findMany({ where: { action }, orderBy: { seq: 'asc' } })
  const patch = async (name: string, body: unknown) => {
    const id = (await personOf(name))?.id ?? ''
    return ask(person.PATCH, { method: 'PATCH', cookie: admin, params: { id }, body })
  }
  return { ...at, real, admin, put, personOf, entries, patch, browser: () => makeBrowser() }
}

test('nobody is an admin by default', async () => {
  const at = await withOidc()
  expect(await at.put({ defaultRole: 'admin' })).toMatchObject({
    ...{ status: 400, json: { issues: [{ path: ['defaultRole'] }] } },
  })
})

test('a newcomer gets an account, and is the same person when they come again', async () => {
  const at = await withOidc()
  at.real.people['sub-1'] = { name: 'Ada@example.org', groups: [] }
  const ada = at.browser()
  expect(await ada.round('sub-1', '?next=/jobs')).toBe('/jobs')
  expect(await ada.me()).toMatchObject({ name: 'Ada', role: 'viewer' })
  expect([...ada.jar.keys()].filter((name) => name.startsWith('drawbridge.oidc'))).toEqual([])

  // Another name at the provider is still the same subject.
  at.real.people['sub-1'] = { name: 'countess', groups: [] }
  await ada.round('sub-1')
  expect(await ada.me()).toMatchObject({ name: 'Ada' })
  expect(await at.panel.db.user.count()).toBe(2)
  expect((await at.entries('person.create')).map(({ actorName }) => actorName)).toEqual([
    'the provider Authentik',
  ])
  const [signedIn] = (await at.entries('session.sign-in')).slice(-1)
  expect(JSON.parse(signedIn?.afterJson ?? '')).toMatchObject({ way: 'oidc' })
})

test('a name that is taken here takes nobody’s account over', async () => {
  const at = await withOidc()
  at.real.people.mallory = { name: 'admin' }
  const mallory = at.browser()
  expect(await mallory.round('mallory')).toBe('/sign-in?problem=oidc.name-taken')
  expect(await mallory.me()).toBeNull()
})

test('without accounts for newcomers an invitation is needed, and works once', async () => {
  const at = await withOidc({ makesAccounts: false })
  at.real.people.ada = { name: 'ada' }
  const ada = at.browser()
  expect(await ada.round('ada')).toBe('/sign-in?problem=oidc.no-account')

  const body = { name: 'Countess', role: 'operator', grants: {} }
  const made = await ask(people.POST, { method: 'POST', cookie: at.admin, body })
  const { token } = made.json as unknown as Invited
  const look = await ask(invite.POST, { method: 'POST', body: { token } })
  expect(look.json).toMatchObject({ name: 'Countess', oidc: { name: 'Authentik' } })
  const leave = await ask(invite.POST, { method: 'POST', body: { token, way: 'oidc' } })
  ada.keep(leave.headers)
  expect(await ada.round('ada', String(leave.json.redirect).slice('/api/auth/oidc'.length))).toBe(
    '/',
  )
  expect(await ada.me()).toMatchObject({ name: 'Countess', role: 'operator' })
  expect((await ask(invite.POST, { method: 'POST', body: { token } })).status).toBe(404)
})

test('roles follow the groups at each sign-in, lower ones at the next request', async () => {
  const mapping = [
    { group: 'crew', role: 'operator' as const, topologyId: null },
    { group: 'crew', role: 'editor' as const, topologyId: 'rack' },
    { group: 'crew', role: 'editor' as const, topologyId: 'gone' },
  ]
  const at = await withOidc({ mapping, defaultRole: 'member' })
  await at.panel.db.topology.create({
    data: { id: 'rack', name: 'Rack', headRevision: 0, createdAt: new Date(1) },
  })
  at.real.people.ada = { name: 'ada', groups: ['crew', 'other'] }
  const [desk, sofa] = [at.browser(), at.browser()]
  await desk.round('ada')
  expect(await desk.me()).toMatchObject({ role: 'operator', grants: { rack: 'editor' } })
  expect((await at.patch('ada', { role: 'admin' })).json.code).toBe('person.role-from-provider')

  at.real.people.ada = { name: 'ada', groups: [] }
  await sofa.round('ada')
  expect(await desk.me()).toMatchObject({ role: 'member', grants: {} })

  at.real.people.ada = { name: 'ada' }
  expect(await sofa.round('ada')).toBe('/sign-in?problem=oidc.no-groups')
})

test('who is in no allowed group any more is shut out where they are signed in', async () => {
  const at = await withOidc({ allowedGroups: ['crew'] })
  at.real.people.ada = { name: 'ada', groups: ['crew'] }
  const [desk, sofa] = [at.browser(), at.browser()]
  await desk.round('ada')
  expect(await desk.me()).toMatchObject({ name: 'ada' })
  at.real.people.ada = { name: 'ada', groups: ['other'] }
  expect(await sofa.round('ada')).toBe('/sign-in?problem=oidc.not-admitted')
  expect(await desk.me()).toBeNull()
})

test('the provider cannot lower the last admin who can sign in, nor a break-glass account', async () => {
  const mapping = [{ group: 'bosses', role: 'admin' as const, topologyId: null }]
  const at = await withOidc({ mapping, defaultRole: 'member' })
  at.real.people.ada = { name: 'ada', groups: ['bosses'] }
  const ada = at.browser()
  await ada.round('ada')
  await at.panel.db.user.updateMany({ where: { username: 'admin' }, data: { disabled: true } })
  at.real.people.ada = { name: 'ada', groups: [] }
  await ada.round('ada')
  expect(await ada.me()).toMatchObject({ role: 'admin' })
  const [last] = (await at.entries('person.change')).slice(-1)
  expect(last).toMatchObject({ outcome: 'refused', objectId: 'ada' })

  await at.panel.db.user.updateMany({ data: { disabled: false } })
  await at.panel.db.user.updateMany({ where: { username: 'ada' }, data: { breakGlass: true } })
  await ada.round('ada')
  expect(await ada.me()).toMatchObject({ role: 'admin' })
  await at.panel.db.user.updateMany({ where: { username: 'ada' }, data: { breakGlass: false } })
  await ada.round('ada')
  expect(await ada.me()).toMatchObject({ role: 'member' })
})

test('only the browser that began comes back, once, and goes nowhere else', async () => {
  const at = await withOidc()
  at.real.people.ada = { name: 'ada' }
  const [ada, eve] = [at.browser(), at.browser()]
  const begun = await ada.get(begin.GET as Handler, '/api/auth/oidc?next=//evil.example/x')
  const back = await signInAt(begun.location, { login: 'ada' })
  const path = back.slice(ORIGIN.length)

  // A link with somebody else's code, as in a login CSRF: this browser did not begin.
  const foreign = await eve.get(callback.GET as Handler, path)
  expect(foreign.location).toBe('/sign-in?problem=oidc.not-asked-for')
  expect(await eve.me()).toBeNull()

  // The same cookie with another state.
  const stateless = await ada.get(callback.GET as Handler, path.replace(/state=[^&]+/, 'state=x'))
  expect(stateless.location).toBe('/sign-in?problem=oidc.not-asked-for')
  // The ticket went with the first answer, right or wrong.
  expect((await ada.get(callback.GET as Handler, path)).location).toContain('oidc.not-asked-for')

  expect(await ada.round('ada', '?next=//evil.example/x')).toBe('/')
  expect((await ada.get(callback.GET as Handler, path)).location).toContain('oidc.not-asked-for')
})

test('another site’s page signs nobody in behind their back', async () => {
  const at = await withOidc()
  const begun = await at.browser().get(begin.GET as Handler, '/api/auth/oidc', {
    ...{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
    'sec-fetch-dest': 'document',
  })
  expect(begun.location).toBe('/sign-in?problem=oidc.asked-elsewhere')
})

test('ten minutes are enough, more are not', async () => {
  const at = await withOidc()
  at.real.people.ada = { name: 'ada' }
  const ada = at.browser()
  const begun = await ada.get(begin.GET as Handler, '/api/auth/oidc')
  const back = await signInAt(begun.location, { login: 'ada' })
  const now = at.panel.now()
  vi.spyOn(at.panel, 'now').mockReturnValue(now + 10 * 60_000 + 1)
  const late = await ada.get(callback.GET as Handler, back.slice(ORIGIN.length))
  expect(late.location).toBe('/sign-in?problem=oidc.not-asked-for')
})

test('a proof by the provider is fresh, and of the person who is signed in', async () => {
  const at = await withOidc()
  at.real.people.ada = { name: 'ada' }
  at.real.people.bob = { name: 'bob' }
  const ada = at.browser()
  await ada.round('ada')
  await at.panel.db.session.updateMany({ data: { confirmedAt: new Date(1) } })
  expect(await ada.round('bob', '?confirm=1&next=/settings/people')).toBe(
    '/settings/people?problem=oidc.another-person',
  )
  const notYet = await ask(session.GET, { cookie: ada.cookie() })
  expect(notYet.json.session).toMatchObject({ confirmedUntil: 1 + 30 * 60_000 })
  expect(await ada.round('ada', '?confirm=1&next=/settings/people')).toBe('/settings/people')
  const after = await ask(session.GET, { cookie: ada.cookie() })
  expect(Number((after.json.session as Record<string, unknown>).confirmedUntil)).toBeGreaterThan(
    Date.now(),
  )
  expect(await at.browser().round('ada', '?confirm=1&next=/jobs')).toBe(
    '/jobs?problem=session.none',
  )
})

test('an account is connected by its owner alone, from the panel’s own page', async () => {
  const at = await withOidc()
  at.real.people.me = { name: 'somebody' }
  const admin = makeBrowser(
    Object.fromEntries(at.admin.split('; ').map((each) => each.split('=') as [string, string])),
  )
  expect(await admin.round('me', '?link=1&next=/settings/account')).toBe(
    '/settings/account?problem=oidc.not-begun-here',
  )
  const here = { 'sec-fetch-site': 'same-origin' }
  expect(await admin.round('me', '?link=1&next=/settings/account', here)).toBe('/settings/account')
  const phone = at.browser()
  await phone.round('me')
  expect(await phone.me()).toMatchObject({ name: 'admin', role: 'admin' })
  expect(await at.entries('oidc.link')).toHaveLength(1)
})

test('passwords for break-glass accounts only: refused without one, loud when used', async () => {
  const at = await withOidc()
  expect((await at.put({ breakGlassOnly: true })).json.code).toBe('person.last-break-glass')
  await at.patch('admin', { breakGlass: true })
  expect((await at.put({ breakGlassOnly: true })).status).toBe(200)
  expect((await at.patch('admin', { breakGlass: false })).json.code).toBe('person.last-break-glass')
  expect((await ask(session.GET)).json.ways).toEqual({
    ...{ oidc: { name: 'Authentik' }, passwords: false },
  })

  await at.signedIn('viewer')
  const byPassword = (name: string) =>
    ask(signIn.POST, { method: 'POST', body: { name, password: PASSWORD } })
  expect((await byPassword('viewer')).json.code).toBe('session.not-by-password')

  // The provider is gone; the way in by the glass works, and is seen.
  await at.real.close()
  expect(await at.browser().round('x')).toBe('/sign-in?problem=oidc.unreachable')
  expect((await byPassword('admin')).json).toMatchObject({ me: { name: 'admin' } })
  const list = await ask(people.GET, { cookie: at.admin })
  const [use] = list.json.breakGlass as { seq: number; name: string }[]
  expect(use).toMatchObject({ name: 'admin' })
  await at.patch('admin', { breakGlassSeen: use?.seq })
  expect((await ask(people.GET, { cookie: at.admin })).json.breakGlass).toEqual([])
})

test('a failure at the provider is written down with its own words, once a minute', async () => {
  const at = await withOidc()
  await at.put({ clientSecret: 'another' })
  at.real.people.ada = { name: 'ada' }
  const ada = at.browser()
  expect(await ada.round('ada', '?next=/jobs')).toBe(
    '/sign-in?problem=oidc.client-refused&next=%2Fjobs',
  )
  await ada.round('ada')
  const refused = (await at.entries('session.sign-in')).filter((each) => each.outcome === 'refused')
  expect(refused).toHaveLength(1)
  expect(refused[0]?.note).toContain('invalid_client')
})

test('the secret goes in and never out; a test says in words what is wrong', async () => {
  const at = await withOidc()
  const read = async () => (await ask(settings.GET, { cookie: at.admin })).json
  expect(await read()).toMatchObject({ redirectUri: BACK, settings: { hasSecret: true } })
  expect(JSON.stringify(await read())).not.toContain(at.real.clientSecret)
  const check = async () =>
    (await ask(settingsTest.POST, { method: 'POST', cookie: at.admin })).json.findings as {
      level: string
      text: string
    }[]
  expect((await check()).map(({ level }) => level)).not.toContain('fail')
  await at.put({ issuer: `${at.real.issuer}/wrong` })
  expect(await check()).toMatchObject([
    { level: 'fail', text: expect.stringContaining('no OpenID Connect provider') },
  ])

  expect(JSON.stringify(await at.entries('oidc.change'))).not.toContain(at.real.clientSecret)
  const gone = await ask(settings.DELETE, { method: 'DELETE', cookie: at.admin })
  expect(gone.json).toMatchObject({ settings: null })
  expect(await findSealed(at.panel.db, 'oidc/client-secret')).toBeNull()
  expect(await at.browser().round('x')).toBe('/sign-in?problem=oidc.none')
})

test('an issuer in plain http is for this machine alone', async () => {
  const at = await withOidc()
  const answer = await at.put({ issuer: 'http://auth.example.org' })
  expect(answer).toMatchObject({ status: 400, json: { issues: [{ path: ['issuer'] }] } })
})
