import { TOTP } from 'otpauth'
import { expect, test } from 'vitest'
import { SoftAuthenticator } from '@/lib/auth/testing/soft-authenticator'
import { ask, PASSWORD, tempPanel } from '@/lib/auth/testing/temp-panel'
import * as question from './auth/passkey/options/route'
import * as passkeyIn from './auth/passkey/route'
import * as confirmQuestion from './me/confirm/options/route'
import * as confirm from './me/confirm/route'
import * as passkey from './me/passkeys/[id]/route'
import * as newQuestion from './me/passkeys/options/route'
import * as passkeys from './me/passkeys/route'
import * as me from './me/route'
import * as totp from './me/totp/route'

const PAGE = 'http://localhost:4880'
const MINUTE_MS = 60_000
type Asked = { ticket: string; options: { challenge: string } }
type Caller = { cookie?: string; page?: string }

/** As a page of the panel does that was opened by name. */
const fromPage = (body: unknown, { cookie, page = PAGE }: Caller = {}) => ({
  ...{ method: 'POST', body, headers: { origin: page, host: new URL(page).host } },
  ...(cookie === undefined ? {} : { cookie }),
})
const cookieOf = (answer: { headers: Headers }) =>
  answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''

/** A panel with a person who has a passkey. */
async function withPasskey({ unlocked = true } = {}) {
  const at = await tempPanel()
  const clock = { now: Date.now() }
  at.panel.now = () => clock.now
  const cookie = await at.signedIn('admin')
  const device = new SoftAuthenticator(PAGE, unlocked)
  const { json } = await ask(newQuestion.POST, fromPage({}, { cookie }))
  const { ticket, options } = json as unknown as Asked
  const body = { ticket, name: 'laptop', response: device.create(options) }
  const added = await ask(passkeys.POST, fromPage(body, { cookie }))
  expect(added, JSON.stringify(added.json)).toMatchObject({ status: 201 })
  return { ...at, clock, cookie, device, body }
}
const asked = async (caller: Caller = {}) =>
  (await ask(question.POST, fromPage({}, caller))).json as unknown as Asked
const enter = async (device: SoftAuthenticator, { ticket, options }: Asked, caller: Caller = {}) =>
  ask(passkeyIn.POST, fromPage({ ticket, response: device.get(options) }, caller))

test('a passkey signs in without name and password, and says when it was used', async () => {
  const at = await withPasskey()
  const signedIn = await enter(at.device, await asked())
  expect(signedIn).toMatchObject({ status: 200, json: { me: { name: 'admin' } } })
  const mine = await ask(me.GET, { cookie: cookieOf(signedIn) })
  expect(mine.json.passkeys).toMatchObject([{ name: 'laptop', lastUsedAt: at.clock.now }])
  const [entry] = await at.panel.db.auditEntry.findMany({
    where: { action: 'session.sign-in' },
    orderBy: { seq: 'desc' },
  })
  expect(entry?.afterJson).toContain('"way":"passkey"')
})

test.each([
  [
    'an answer that was used',
    async (at: Awaited<ReturnType<typeof withPasskey>>) => {
      const q = await asked()
      const response = at.device.get(q.options)
      const body = { ticket: q.ticket, response }
      expect((await ask(passkeyIn.POST, fromPage(body))).status).toBe(200)
      return ask(passkeyIn.POST, fromPage(body))
    },
  ],
  [
    'an answer to another question',
    async ({ device }) => {
      const [first, second] = [await asked(), await asked()]
      return enter(device, { ticket: first.ticket, options: second.options })
    },
  ],
  [
    'an answer after five minutes',
    async (at) => {
      const q = await asked()
      at.clock.now += 6 * MINUTE_MS
      return enter(at.device, q)
    },
  ],
  [
    'an answer that was given to another page',
    async ({ device }) => {
      const elsewhere = new SoftAuthenticator('http://localhost:9999')
      const { ticket, options } = await asked()
      const response = { ...elsewhere.get(options), id: device.id.toString('base64url') }
      return ask(passkeyIn.POST, fromPage({ ticket, response }))
    },
  ],
  [
    'a question that was asked at another origin',
    async ({ device }) => {
      return enter(device, await asked({ page: 'http://localhost:5000' }))
    },
  ],
  ['a passkey that nobody knows', async () => enter(new SoftAuthenticator(PAGE), await asked())],
  [
    'another key under a known id',
    async ({ device }) => {
      const forger = new SoftAuthenticator(PAGE)
      const { ticket, options } = await asked()
      const id = device.id.toString('base64url')
      return ask(
        passkeyIn.POST,
        fromPage({ ticket, response: { ...forger.get(options), id, rawId: id } }),
      )
    },
  ],
  [
    'a copy whose counter is behind',
    async ({ device }) => {
      expect((await enter(device, await asked())).status).toBe(200)
      expect((await enter(device, await asked())).status).toBe(200)
      device.rewind()
      return enter(device, await asked())
    },
  ],
  [
    'an answer that is no answer',
    async () => {
      const { ticket } = await asked()
      return ask(passkeyIn.POST, fromPage({ ticket, response: { id: 'x', response: 7 } }))
    },
  ],
] satisfies [string, (at: Awaited<ReturnType<typeof withPasskey>>) => ReturnType<typeof ask>][])(
  '%s signs nobody in',
  async (_what, attempt) => {
    const at = await withPasskey()
    const refused = await attempt(at)
    expect(refused).toMatchObject({ status: 401, json: { code: 'passkey.not-proved' } })
    expect(cookieOf(refused)).toBe('')
  },
)

test('a copy of a passkey is written down as one', async () => {
  const at = await withPasskey()
  await enter(at.device, await asked())
  await enter(at.device, await asked())
  at.device.rewind()
  await enter(at.device, await asked())
  const noted = await at.panel.db.auditEntry.findMany({
    where: { action: 'account.passkey-suspect' },
  })
  expect(noted.map(({ afterJson }) => JSON.parse(afterJson ?? ''))).toEqual([
    { name: expect.any(String), said: expect.any(Number), before: expect.any(Number) },
  ])
})

test('a passkey stays that is the only way in beside a provider of earlier', async () => {
  const at = await withPasskey()
  const [{ id, userId } = { id: '', userId: '' }] = await at.panel.db.passkey.findMany()
  const identity = { issuer: 'https://earlier', subject: 's', userId, createdAt: new Date(1) }
  await at.panel.db.oidcIdentity.create({ data: identity })
  await at.panel.db.account.deleteMany({ where: { userId } })
  const removed = await ask(passkey.DELETE, { method: 'DELETE', params: { id }, cookie: at.cookie })
  expect(removed.json.code).toBe('passkey.last-way')
})

test('the passkey of an account that was switched off signs nobody in', async () => {
  const at = await withPasskey()
  await at.panel.db.user.updateMany({ data: { disabled: true } })
  expect((await enter(at.device, await asked())).status).toBe(401)
})

test('a passkey without its PIN is one factor: whoever has one-time codes gives one', async () => {
  const at = await withPasskey({ unlocked: false })
  expect((await enter(at.device, await asked())).json).toMatchObject({ me: { name: 'admin' } })
  const offer = await ask(totp.POST, fromPage({}, { cookie: at.cookie }))
  const code = new TOTP({ secret: String(offer.json.secret) }).generate({ timestamp: at.clock.now })
  const proof = fromPage({ ticket: offer.json.ticket, code }, { cookie: at.cookie })
  expect((await ask(totp.PUT, { ...proof, method: 'PUT' })).status).toBe(200)
  expect((await enter(at.device, await asked())).json).toMatchObject({ needs: 'second-factor' })
  at.device.unlocked = true
  expect((await enter(at.device, await asked())).json).toMatchObject({ me: { name: 'admin' } })
})

test('a proof takes the own passkey, and its PIN', async () => {
  const at = await withPasskey()
  at.clock.now += 40 * MINUTE_MS
  const prove = async (cookie: string) => {
    const q = (await ask(confirmQuestion.POST, fromPage({}, { cookie }))).json as unknown as Asked
    const answer = { ticket: q.ticket, response: at.device.get(q.options) }
    return ask(confirm.POST, fromPage({ passkey: answer }, { cookie }))
  }
  const viewer = await at.signedIn('viewer')
  expect((await prove(viewer)).json.code).toBe('confirm.wrong-passkey')
  at.device.unlocked = false
  expect((await prove(at.cookie)).json.code).toBe('confirm.wrong-passkey')
  at.device.unlocked = true
  expect(await prove(at.cookie)).toMatchObject({
    ...{ status: 200, json: { session: { confirmedUntil: at.clock.now + 30 * MINUTE_MS } } },
  })
})

test('a passkey is renamed and removed by its owner alone, and the last way in stays', async () => {
  const at = await withPasskey()
  const params = { id: at.device.id.toString('base64url') }
  const rename = (cookie: string) => ({ method: 'PATCH', body: { name: 'desk' }, params, cookie })
  const viewer = await at.signedIn('viewer')
  expect((await ask(passkey.PATCH, rename(viewer))).status).toBe(404)
  expect((await ask(passkey.PATCH, rename(at.cookie))).json.passkeys).toMatchObject([
    { name: 'desk' },
  ])
  const remove = { method: 'DELETE', params, cookie: at.cookie }
  expect((await ask(passkey.DELETE, { ...remove, cookie: viewer })).status).toBe(404)
  await at.panel.db.account.updateMany({ data: { password: null } })
  expect((await ask(passkey.DELETE, remove)).json.code).toBe('passkey.last-way')
  expect((await ask(me.GET, { cookie: at.cookie })).json.passkeys).toHaveLength(1)
  await at.panel.db.account.updateMany({ data: { password: PASSWORD } })
  expect((await ask(passkey.DELETE, remove)).json.passkeys).toEqual([])
})

test('an answer adds a passkey once', async () => {
  const at = await withPasskey()
  const again = await ask(passkeys.POST, fromPage(at.body, { cookie: at.cookie }))
  expect(again).toMatchObject({ status: 401, json: { code: 'passkey.not-proved' } })
  expect(await at.panel.db.passkey.count()).toBe(1)
})
