import { expect, test } from 'vitest'
import type { CreateTokenAnswer, TokenSummary } from '@/lib/api/contract-tokens'
import { PEER_HEADER } from '@/lib/auth/peer'
import { bearerFor, cookieFor, makePerson, signInAs } from '@/lib/auth/testing/callers'
import { ask, tempPanel } from '@/lib/auth/testing/temp-panel'
import * as jobs from './jobs/route'
import * as myToken from './me/tokens/[id]/route'
import * as myTokens from './me/tokens/route'
import * as session from './session/route'
import * as topology from './t/[t]/route'
import * as token from './tokens/[id]/route'
import * as tokens from './tokens/route'
import * as topologies from './topologies/route'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const wanted = { name: 'ci', scopes: ['jobs:read'], topologies: null, days: 7 }
const create = (cookie: string, more: object = {}) =>
  ask(myTokens.POST, { method: 'POST', body: { ...wanted, ...more }, cookie })
const bearer = (value: string, more: Record<string, string> = {}) => ({
  headers: { authorization: `Bearer ${value}`, ...more },
})
const entries = async (db: Awaited<ReturnType<typeof tempPanel>>['panel']['db'], action: string) =>
  db.auditEntry.findMany({ where: { action } })

async function withPerson() {
  const at = await tempPanel()
  let now = at.panel.now()
  at.panel.now = () => now
  const id = await makePerson(at.panel, { name: 'ada', role: 'operator' })
  const cookie = await cookieFor(at.panel, id)
  return { ...at, id, cookie, later: (ms: number) => (now += ms) }
}

test('a token is shown once, stored as a hash, listed by its beginning, written to the audit log', async () => {
  const { panel, cookie, id } = await withPerson()
  const made = await create(cookie)
  expect(made.status).toBe(201)
  const { token, summary } = made.json as unknown as CreateTokenAnswer
  expect(token).toMatch(/^dbt_[A-Za-z0-9_-]{43}$/)
  expect(summary).toMatchObject({ name: 'ci', prefix: token.slice(0, 8), lastUsedAt: null })
  expect(summary.expiresAt).toBe(panel.now() + 7 * DAY)
  const listed = await ask(myTokens.GET, { cookie })
  const stored = await panel.db.apiToken.findMany()
  const audit = await entries(panel.db, 'token.create')
  expect(audit).toMatchObject([{ actorId: id, objectId: summary.id, outcome: 'done' }])
  expect(JSON.stringify([listed.json, stored, audit])).not.toContain(token.slice(8))
})

test('it lets its program in, says who it is, and notes its last use once a minute', async () => {
  const { panel, cookie, later } = await withPerson()
  const { token } = (await create(cookie)).json as unknown as CreateTokenAnswer
  const use = () => ask(jobs.GET, bearer(token, { [PEER_HEADER]: '192.0.2.7' }))
  expect((await use()).status).toBe(200)
  expect((await ask(session.GET, bearer(token))).json.me).toMatchObject({ name: 'ada' })
  const noted = async () => (await panel.db.apiToken.findFirstOrThrow()).lastUsedAt?.getTime()
  const first = await noted()
  expect(first).toBe(panel.now())
  later(MINUTE - 1)
  await use()
  expect(await noted()).toBe(first)
  later(1)
  await use()
  expect(await noted()).toBe(panel.now())
  expect((await panel.db.apiToken.findFirstOrThrow()).lastUsedFrom).toBe('192.0.2.7')
})

test('it does only what it was made for, and never what a person has to do', async () => {
  const { cookie } = await withPerson()
  const { token } = (await create(cookie)).json as unknown as CreateTokenAnswer
  expect((await ask(topologies.GET, bearer(token))).json.code).toBe('token.scope')
  const more = await ask(myTokens.POST, { method: 'POST', body: wanted, ...bearer(token) })
  expect(more.json.code).toBe('token.not-by-token')
})

test('after its end it is refused with the reason; revoked it is no token any more', async () => {
  const { panel, cookie, later } = await withPerson()
  const { token, summary } = (await create(cookie)).json as unknown as CreateTokenAnswer
  later(7 * DAY)
  expect(await ask(jobs.GET, bearer(token))).toMatchObject({
    status: 401,
    json: { code: 'token.expired' },
  })
  const fresh = await cookieFor(panel, (await panel.db.user.findFirstOrThrow()).id)
  const params = { id: summary.id }
  expect((await ask(myToken.DELETE, { method: 'DELETE', cookie: fresh, params })).status).toBe(200)
  expect((await ask(jobs.GET, bearer(token))).json.code).toBe('token.invalid')
  expect(await entries(panel.db, 'token.revoke')).toMatchObject([{ objectId: summary.id }])
})

test('nobody revokes another person’s token but an admin, who sees them all', async () => {
  const { panel, cookie } = await withPerson()
  const { summary } = (await create(cookie)).json as unknown as CreateTokenAnswer
  const params = { id: summary.id }
  const eve = await signInAs(panel, { name: 'eve', role: 'editor' })
  expect((await ask(myToken.DELETE, { method: 'DELETE', cookie: eve, params })).status).toBe(404)
  expect((await ask(token.DELETE, { method: 'DELETE', cookie: eve, params })).status).toBe(403)
  expect((await ask(tokens.GET, { cookie: eve })).status).toBe(403)
  const admin = await signInAs(panel, { name: 'root', role: 'admin' })
  const all = (await ask(tokens.GET, { cookie: admin })).json as unknown as TokenSummary[]
  expect(all).toMatchObject([{ name: 'ci', owner: { name: 'ada' } }])
  expect((await ask(token.DELETE, { method: 'DELETE', cookie: admin, params })).status).toBe(200)
})

test('guessing is slowed down where it comes from, and shuts out no good token there', async () => {
  const { panel, cookie, later } = await withPerson()
  const { token } = (await create(cookie)).json as unknown as CreateTokenAnswer
  const from = { [PEER_HEADER]: '192.0.2.9' }
  const wrong = `dbt_${'A'.repeat(43)}`
  const answers: number[] = []
  for (let i = 0; i < 31; i++)
    answers.push((await ask(jobs.GET, bearer(i % 2 ? wrong : 'dbt_short', from))).status)
  expect(answers).toEqual([...Array.from({ length: 30 }, () => 401), 429])
  expect((await ask(jobs.GET, bearer(token, from))).status).toBe(200)
  expect((await ask(jobs.GET, bearer(wrong, { [PEER_HEADER]: '192.0.2.10' }))).status).toBe(401)
  expect((await ask(session.GET, { cookie })).status).toBe(200)
  later(MINUTE)
  expect((await ask(jobs.GET, bearer(wrong, from))).status).toBe(401)
  expect(await panel.db.auditEntry.count({ where: { action: 'access.refused' } })).toBe(0)
})

test('a bearer of a proxy in front is no token of ours, and hides no session', async () => {
  const { cookie } = await withPerson()
  const other = bearer('eyJhbGciOiJIUzI1NiJ9.e30.x')
  expect((await ask(jobs.GET, { ...other, cookie })).status).toBe(200)
  expect((await ask(jobs.GET, other)).json.code).toBe('token.invalid')
  const basic = { headers: { authorization: 'Basic YTpi' } }
  expect((await ask(jobs.GET, { ...basic, cookie })).status).toBe(200)
  // One of ours decides alone: a dead token is not carried by whatever cookie comes with it.
  expect((await ask(jobs.GET, { ...bearer(`dbt_${'A'.repeat(43)}`), cookie })).status).toBe(401)
})

test('a cookie still needs the panel’s own page where a token does not', async () => {
  const { panel, id } = await withPerson()
  const headers = await bearerFor(panel, id, { scopes: ['topologies:write'] })
  const save = (more: object) =>
    ask(topologies.POST, { method: 'POST', body: { from: 'blueprint' }, ...more })
  const evil = { origin: 'https://evil.example' }
  expect((await save({ headers: { ...headers, ...evil } })).json.code).toBe('access.denied')
  const editor = await signInAs(panel, { name: 'eve', role: 'editor' })
  expect((await save({ cookie: editor, headers: evil })).json.code).toBe('request.other-origin')
})

test.each([
  [{ scopes: [] }, ['scopes']],
  [{ scopes: ['everything'] }, ['scopes', 0]],
  [{ scopes: ['toString'] }, ['scopes', 0]],
  [{ days: 8 }, ['days']],
  [{ name: ' ' }, ['name']],
])('%j makes no token', async (more, path) => {
  const { cookie } = await withPerson()
  const answer = await create(cookie, more)
  expect(answer).toMatchObject({ status: 400, json: { issues: [{ path }] } })
})

test('a token is not made for a topology that its owner may not see', async () => {
  const { cookie } = await withPerson()
  expect((await create(cookie, { topologies: ['nowhere'] })).status).toBe(404)
})

test('making one takes a fresh sign-in', async () => {
  const { cookie, later } = await withPerson()
  later(31 * MINUTE)
  expect((await create(cookie)).json.code).toBe('confirm.sign-in-again')
})

test('whoever knocks at what is hidden from them is written down too, also where there is nothing', async () => {
  const { panel, later } = await withPerson()
  const id = await makePerson(panel, { name: 'eve', role: 'member' })
  const cookie = await cookieFor(panel, id)
  const knock = (t: string) => ask(topology.GET, { cookie, params: { t } })
  for (const t of ['small-lab', 'small-lab', 'nowhere']) expect((await knock(t)).status).toBe(404)
  const refused = () => entries(panel.db, 'access.refused')
  expect(await refused()).toMatchObject([
    {
      ...{ actorId: id, outcome: 'refused', objectId: 'GET /api/t/[t]', topologyId: null },
      afterJson: '{"code":"topology.unknown","tried":"small-lab"}',
    },
  ])
  later(MINUTE)
  await knock('nowhere'.padEnd(500, '.'))
  const last = (await refused()).at(-1)?.afterJson ?? ''
  expect(JSON.parse(last)).toEqual({ code: 'topology.unknown', tried: 'nowhere'.padEnd(80, '.') })
})

test('what somebody may not do is written down, at most once a minute each, and nobody’s knocking is not', async () => {
  const { panel, cookie, id, later } = await withPerson()
  const knock = () => ask(tokens.GET, { cookie })
  for (let i = 0; i < 5; i++) expect((await knock()).status).toBe(403)
  const refused = () => entries(panel.db, 'access.refused')
  expect(await refused()).toMatchObject([
    {
      ...{ actorId: id, actorName: 'ada', outcome: 'refused', objectKind: 'route' },
      ...{ objectId: 'GET /api/tokens', afterJson: '{"code":"access.denied"}' },
    },
  ])
  const headers = await bearerFor(panel, id, { scopes: ['jobs:read'] })
  await ask(tokens.GET, { headers })
  expect((await refused()).at(-1)).toMatchObject({ actorName: 'ada (token test)', via: 'token' })
  later(MINUTE)
  await knock()
  expect(await refused()).toHaveLength(3)
  await ask(tokens.GET, {})
  expect(await refused()).toHaveLength(3)
})
