import { TOTP } from 'otpauth'
import { expect, test } from 'vitest'
import { ask, PASSWORD, tempPanel } from '@/lib/auth/testing/temp-panel'
import * as phoneIn from './auth/phone/route'
import * as secondFactor from './auth/second-factor/route'
import * as signIn from './auth/sign-in/route'
import * as signOut from './auth/sign-out/route'
import * as confirm from './me/confirm/route'
import * as passkeyOptions from './me/passkeys/options/route'
import * as password from './me/password/route'
import * as phone from './me/phone/route'
import * as recoveryCodes from './me/recovery-codes/route'
import * as me from './me/route'
import * as mySession from './me/sessions/[id]/route'
import * as mySessions from './me/sessions/route'
import * as tokens from './me/tokens/route'
import * as totp from './me/totp/route'
import * as session from './session/route'
import * as topologies from './topologies/route'

const MINUTE_MS = 60_000

/** A panel whose clock stands until the test moves it, and a signed-in admin of it. */
async function withClock() {
  const at = await tempPanel()
  const clock = { now: Date.now() }
  at.panel.now = () => clock.now
  const ended: string[] = []
  at.panel.live.endSession = (id) => ended.push(id)
  const cookie = await at.signedIn('admin')
  const entries = async (action: string) =>
    (await at.panel.db.auditEntry.findMany({ where: { action } })).map(
      ({ outcome, actorName, afterJson }) => ({
        ...{ outcome, actorName },
        after: JSON.parse(afterJson ?? 'null') as unknown,
      }),
    )
  return { ...at, clock, cookie, ended, entries }
}
type Clock = { now: number }

const post = (body: unknown = {}, cookie?: string) => ({
  ...{ method: 'POST', body },
  ...(cookie === undefined ? {} : { cookie }),
})
const cookiesOf = (answer: { headers: Headers }) =>
  answer.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')
const byPassword = (name = 'admin', secret = PASSWORD) => post({ name, password: secret })

/** Proves who is there by the password (and a code); the cookie that counts from then on. */
const prove = async (cookie: string, code?: string) => {
  const proved = await ask(confirm.POST, post({ password: PASSWORD, code }, cookie))
  expect(proved.status).toBe(200)
  return cookiesOf(proved)
}

/** What the authenticator of a person shows at that time. */
const codeOf = (secret: string, { now }: Clock) => new TOTP({ secret }).generate({ timestamp: now })

/** Turns one-time codes on as a person does; answers their secret and the recovery codes. */
async function withTotp({ cookie, clock }: { cookie: string; clock: Clock }) {
  const offer = await ask(totp.POST, post({}, cookie))
  const { ticket, secret } = offer.json as { ticket: string; secret: string }
  const proof = { ticket, code: codeOf(secret, clock) }
  const done = await ask(totp.PUT, { method: 'PUT', body: proof, cookie })
  expect(done.status).toBe(200)
  clock.now += MINUTE_MS
  return { secret, codes: done.json.codes as string[] }
}

test('one-time codes: nothing is in force before a code came back, then both factors are needed', async () => {
  const at = await withClock()
  const offer = await ask(totp.POST, post({}, at.cookie))
  const { ticket } = offer.json as { ticket: string }
  const wrong = { method: 'PUT', body: { ticket, code: '000000' }, cookie: at.cookie }
  expect(await ask(totp.PUT, wrong)).toMatchObject({
    status: 400,
    json: { code: 'totp.wrong-code' },
  })
  expect((await ask(signIn.POST, byPassword())).json).toMatchObject({ me: { name: 'admin' } })

  const { secret } = await withTotp(at)
  const half = await ask(signIn.POST, byPassword())
  expect(half.json).toMatchObject({ needs: 'second-factor', ways: ['code', 'recovery-code'] })
  expect(cookiesOf(half)).toBe('')
  const body = { ticket: half.json.ticket, code: codeOf(secret, at.clock) }
  const whole = await ask(secondFactor.POST, post(body))
  expect(whole).toMatchObject({ status: 200, json: { me: { name: 'admin' } } })
  expect((await ask(me.GET, { cookie: cookiesOf(whole) })).status).toBe(200)
  const stored = JSON.stringify(await at.panel.db.user.findMany())
  expect(stored).not.toContain(secret)
})

test('a code counts once, and only near its time', async () => {
  const at = await withClock()
  const { secret } = await withTotp(at)
  const half = async () => (await ask(signIn.POST, byPassword())).json.ticket
  const code = codeOf(secret, at.clock)
  expect((await ask(secondFactor.POST, post({ ticket: await half(), code }))).status).toBe(200)
  const again = await ask(secondFactor.POST, post({ ticket: await half(), code }))
  expect(again).toMatchObject({ status: 401, json: { code: 'session.wrong-code' } })

  const old = codeOf(secret, { now: at.clock.now + 30_000 })
  at.clock.now += 2 * MINUTE_MS
  expect((await ask(secondFactor.POST, post({ ticket: await half(), code: old }))).status).toBe(401)
  const late = codeOf(secret, { now: at.clock.now - 30_000 })
  expect((await ask(secondFactor.POST, post({ ticket: await half(), code: late }))).status).toBe(
    200,
  )
})

test('of two who use one code at once, one gets in', async () => {
  const at = await withClock()
  const { secret } = await withTotp(at)
  const code = codeOf(secret, at.clock)
  const tickets = await Promise.all(
    [1, 2].map(async () => (await ask(signIn.POST, byPassword())).json.ticket),
  )
  const answers = await Promise.all(
    tickets.map((ticket) => ask(secondFactor.POST, post({ ticket, code }))),
  )
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 401])
})

test('a recovery code gets in once; new ones replace the old', async () => {
  const at = await withClock()
  const { codes, secret } = await withTotp(at)
  expect(codes).toHaveLength(10)
  const half = async () => (await ask(signIn.POST, byPassword())).json.ticket
  const [first = '', second = ''] = codes
  const typed = first.toUpperCase().replaceAll('-', ' ')
  const used = await ask(secondFactor.POST, post({ ticket: await half(), code: typed }))
  expect(used.status).toBe(200)
  expect((await ask(secondFactor.POST, post({ ticket: await half(), code: first }))).status).toBe(
    401,
  )
  expect(await at.entries('account.recovery-code-used')).toHaveLength(1)
  expect((await ask(me.GET, { cookie: at.cookie })).json).toMatchObject({ recoveryCodesLeft: 9 })

  at.clock.now += MINUTE_MS
  at.cookie = await prove(at.cookie, codeOf(secret, at.clock))
  const made = await ask(recoveryCodes.POST, post({}, at.cookie))
  expect(made.json.codes).toHaveLength(10)
  expect((await ask(secondFactor.POST, post({ ticket: await half(), code: second }))).status).toBe(
    401,
  )
  const rows = JSON.stringify(await at.panel.db.recoveryCode.findMany())
  for (const code of made.json.codes as string[]) expect(rows).not.toContain(code)
})

test('guessing codes is slowed down, and the half of a sign-in ends after five minutes', async () => {
  const at = await withClock()
  const { secret } = await withTotp(at)
  const { ticket } = (await ask(signIn.POST, byPassword())).json
  const statuses = []
  for (let n = 0; n < 8; n++)
    statuses.push((await ask(secondFactor.POST, post({ ticket, code: `00000${n}` }))).status)
  expect(statuses).toEqual([401, 401, 401, 401, 401, 401, 429, 429])
  // At most one entry a minute.
  expect(await at.entries('session.second-factor')).toEqual([
    { outcome: 'refused', actorName: 'nobody', after: { way: 'code' } },
  ])
  at.clock.now += 6 * MINUTE_MS
  const late = await ask(secondFactor.POST, post({ ticket, code: codeOf(secret, at.clock) }))
  expect(late).toMatchObject({ status: 401, json: { code: 'session.start-again' } })
})

test('turning codes off takes a proof, and takes the recovery codes along', async () => {
  const at = await withClock()
  const { secret } = await withTotp(at)
  at.clock.now += 40 * MINUTE_MS
  const off = { method: 'DELETE', cookie: at.cookie }
  expect((await ask(totp.DELETE, off)).json.code).toBe('confirm.sign-in-again')
  at.cookie = await prove(at.cookie, codeOf(secret, at.clock))
  expect((await ask(totp.DELETE, { ...off, cookie: at.cookie })).json).toMatchObject({
    totp: null,
    recoveryCodesLeft: 0,
  })
  expect((await ask(signIn.POST, byPassword())).json).toMatchObject({ me: { name: 'admin' } })
  expect((await ask(recoveryCodes.POST, post({}, at.cookie))).json.code).toBe('totp.off')
})

test('a proof counts for thirty minutes, and a wrong one is written down', async () => {
  const at = await withClock()
  at.clock.now += 31 * MINUTE_MS
  const change = () => ask(totp.POST, post({}, at.cookie))
  expect((await change()).json.code).toBe('confirm.sign-in-again')
  const wrong = await ask(confirm.POST, post({ password: 'not mine at all' }, at.cookie))
  expect(wrong).toMatchObject({ status: 403, json: { code: 'confirm.wrong-password' } })
  expect((await change()).status).toBe(403)
  const right = await ask(confirm.POST, post({ password: PASSWORD }, at.cookie))
  expect(right.json).toMatchObject({
    session: { confirmedUntil: at.clock.now + 30 * MINUTE_MS },
  })
  // Whoever copied the cookie before the proof has nothing any more.
  expect((await ask(me.GET, { cookie: at.cookie })).status).toBe(401)
  at.cookie = cookiesOf(right)
  expect(right.headers.getSetCookie()[0]).toContain(`Max-Age=${7 * 86_400 - 31 * 60}`)
  expect((await change()).status).toBe(200)
  expect((await at.entries('session.confirm')).map(({ outcome }) => outcome)).toEqual([
    'refused',
    'done',
  ])
  at.clock.now += 31 * MINUTE_MS
  expect((await change()).status).toBe(403)
})

test('where two factors are asked at the door, one is no proof', async () => {
  const at = await withClock()
  const { secret } = await withTotp(at)
  at.clock.now += 31 * MINUTE_MS
  const give = (proof: object) => ask(confirm.POST, post(proof, at.cookie))
  expect(await give({ password: PASSWORD })).toMatchObject({
    ...{ status: 403, json: { code: 'confirm.needs-code' } },
  })
  const code = codeOf(secret, at.clock)
  // A code alone is what a stolen phone has.
  expect((await give({ code })).status).toBe(400)
  expect((await give({ password: 'not mine', code })).json.code).toBe('confirm.wrong-password')
  expect((await give({ password: PASSWORD, code: '000000' })).json.code).toBe('confirm.wrong-code')
  expect((await ask(totp.DELETE, { method: 'DELETE', cookie: at.cookie })).status).toBe(403)
  at.cookie = await prove(at.cookie, code)
  expect((await at.entries('session.confirm')).at(-1)).toMatchObject({
    after: { way: 'password and code' },
  })
  // The same code again is none.
  expect((await give({ password: PASSWORD, code })).json.code).toBe('confirm.wrong-code')
})

test('a phone opens no way in that stays, whoever holds it, and its proof is short', async () => {
  const at = await withClock()
  const { token } = (await ask(phone.POST, post({}, at.cookie))).json
  let cookie = cookiesOf(await ask(phoneIn.POST, post({ token })))
  cookie = await prove(cookie)
  for (const handler of [tokens.POST, password.POST, totp.POST, passkeyOptions.POST, phone.POST])
    expect((await ask(handler, post({}, cookie))).json.code).toBe('confirm.at-a-desk')
  const act = () => ask(topologies.POST, post({ from: 'blueprint' }, cookie))
  at.clock.now += 6 * MINUTE_MS
  expect((await act()).json.code).toBe('confirm.sign-in-again')
  cookie = await prove(cookie)
  expect((await act()).status).toBe(201)
  // Whose desk was stolen ends its session from the phone.
  expect((await ask(mySessions.DELETE, { method: 'DELETE', cookie })).status).toBe(200)
  expect((await ask(me.GET, { cookie: at.cookie })).status).toBe(401)
})

test('a new password ends the other sessions and half-finished sign-ins; this one stays', async () => {
  const at = await withClock()
  const other = cookiesOf(await ask(signIn.POST, byPassword()))
  const change = (to: string, current: string | undefined = PASSWORD) =>
    ask(password.POST, post({ password: to, current }, at.cookie))
  const short = await change('short')
  expect(short).toMatchObject({ status: 400, json: { issues: [{ path: ['password'] }] } })
  const common = await change('qwerty123456')
  expect(common).toMatchObject({ status: 400, json: { code: 'password.guessable' } })

  const next = 'a lighthouse in november'
  expect(await change(next, 'not the current one')).toMatchObject({
    ...{ status: 403, json: { code: 'confirm.wrong-password', issues: [{ path: ['current'] }] } },
  })
  const without = await ask(password.POST, post({ password: next }, at.cookie))
  expect(without.json.code).toBe('confirm.wrong-password')
  expect((await change(next)).status).toBe(200)
  expect((await ask(me.GET, { cookie: other })).status).toBe(401)
  expect((await ask(me.GET, { cookie: at.cookie })).status).toBe(200)
  expect(at.ended).toHaveLength(1)
  expect((await ask(signIn.POST, byPassword())).status).toBe(401)
  expect((await ask(signIn.POST, byPassword('admin', next))).status).toBe(200)
  const audit = JSON.stringify(await at.panel.db.auditEntry.findMany())
  expect(audit).not.toContain(next)
  expect(await at.entries('account.password-change')).toEqual([
    { outcome: 'done', actorName: 'admin', after: { sessionsEnded: 1 } },
  ])
})

test('sessions are listed and ended one by one, or all others at once', async () => {
  const at = await withClock()
  const agent = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko Firefox/140.0' }
  const second = cookiesOf(await ask(signIn.POST, { ...byPassword(), headers: agent }))
  const third = cookiesOf(await ask(signIn.POST, byPassword()))
  type Listed = { id: string; device: string; current: boolean }
  const list = async () =>
    (await ask(me.GET, { cookie: at.cookie })).json.sessions as never as Listed[]
  expect((await list()).filter(({ current }) => current)).toHaveLength(1)
  const firefox = (await list()).find(({ device }) => device === 'Firefox on Linux')
  const params = { id: firefox?.id ?? '' }
  const end = { method: 'DELETE', cookie: at.cookie }
  expect((await ask(mySession.DELETE, { ...end, params })).status).toBe(200)
  expect((await ask(me.GET, { cookie: second })).status).toBe(401)
  expect(at.ended).toEqual([firefox?.id])
  expect((await ask(mySession.DELETE, { ...end, params })).status).toBe(404)

  expect((await ask(mySessions.DELETE, end)).json.sessions).toHaveLength(1)
  expect((await ask(me.GET, { cookie: third })).status).toBe(401)
  expect((await ask(me.GET, { cookie: at.cookie })).status).toBe(200)
})

test('ending sessions takes a fresh proof', async () => {
  const at = await withClock()
  at.clock.now += 31 * MINUTE_MS
  const end = { method: 'DELETE', cookie: at.cookie }
  expect((await ask(mySessions.DELETE, end)).json.code).toBe('confirm.sign-in-again')
})

test('a session that was not used for two days is over, a phone’s after thirty', async () => {
  const at = await withClock()
  const token = (await ask(phone.POST, post({}, at.cookie))).json.token
  const ofPhone = cookiesOf(await ask(phoneIn.POST, post({ token })))
  const unusedFor = async (days: number) => {
    const lastSeenAt = new Date(Date.now() - days * 86_400_000)
    await at.panel.db.session.updateMany({ data: { lastSeenAt } })
    return [at.cookie, ofPhone].map((cookie) => new Headers({ cookie }))
  }
  const count = async (days: number) => {
    const found = []
    for (const headers of await unusedFor(days)) found.push(await at.panel.findSession(headers))
    return found.map((session) => session !== null)
  }
  expect(await count(1.9)).toEqual([true, true])
  expect(await count(2.1)).toEqual([false, true])
  expect(await count(29.9)).toEqual([false, true])
  expect(await count(30.1)).toEqual([false, false])
  await unusedFor(2.1)
  await ask(signIn.POST, byPassword())
  expect((await at.panel.db.session.findMany()).map(({ kind }) => kind).toSorted()).toEqual([
    'browser',
    'phone',
  ])
})

test('nobody ends the session of somebody else', async () => {
  const at = await withClock()
  const viewer = await at.signedIn('viewer')
  const mine = (await ask(me.GET, { cookie: at.cookie })).json.sessions as never as { id: string }[]
  const asked = { method: 'DELETE', params: { id: mine[0]?.id ?? '' }, cookie: viewer }
  expect((await ask(mySession.DELETE, asked)).status).toBe(404)
  expect((await ask(me.GET, { cookie: at.cookie })).status).toBe(200)
})

test('signing out ends the session and forgets the cookie', async () => {
  const at = await withClock()
  const out = await ask(signOut.POST, post({}, at.cookie))
  expect(out.headers.getSetCookie()[0]).toMatch(/Max-Age=0/)
  expect((await ask(session.GET, { cookie: at.cookie })).json.me).toBeNull()
  expect(await at.panel.db.session.count()).toBe(0)
  expect(await at.entries('session.sign-out')).toHaveLength(1)
})

test('a phone’s link works once and for five minutes; the phone looks, and acts after a proof', async () => {
  const at = await withClock()
  const link = async () => (await ask(phone.POST, post({}, at.cookie))).json.token
  const old = await link()
  const token = await link()
  expect((await ask(phoneIn.POST, post({ token: old }))).status).toBe(401)
  const joined = await ask(phoneIn.POST, post({ token }))
  expect(joined).toMatchObject({ status: 201, json: { session: { kind: 'phone' } } })
  expect((await ask(phoneIn.POST, post({ token }))).status).toBe(401)
  let cookie = cookiesOf(joined)
  expect(joined.headers.getSetCookie()[0]).toContain(`Max-Age=${30 * 86_400}`)

  expect((await ask(topologies.GET, { cookie })).status).toBe(200)
  const act = () => ask(topologies.POST, post({ from: 'blueprint' }, cookie))
  expect((await act()).json.code).toBe('confirm.sign-in-again')
  cookie = await prove(cookie)
  expect((await act()).status).toBe(201)
  expect((await ask(phone.POST, post({}, cookie))).json.code).toBe('confirm.at-a-desk')

  const late = await link()
  at.clock.now += 6 * MINUTE_MS
  expect((await ask(phoneIn.POST, post({ token: late }))).status).toBe(401)
})

test('who could not sign in is written down once a minute, without what was typed', async () => {
  const at = await withClock()
  const secret = 'a password in the wrong field'
  for (const name of ['admin', 'admin', secret]) await ask(signIn.POST, byPassword(name, 'wrong'))
  const refused = (await at.panel.db.auditEntry.findMany({ where: { outcome: 'refused' } })).map(
    ({ action, objectId, actorName }) => ({ action, objectId, actorName }),
  )
  expect(refused).toEqual([
    { action: 'session.sign-in', objectId: 'admin', actorName: 'nobody' },
    { action: 'session.sign-in', objectId: 'an unknown name', actorName: 'nobody' },
  ])
  expect(JSON.stringify(await at.panel.db.auditEntry.findMany())).not.toContain(secret)
  at.clock.now += MINUTE_MS
  await ask(signIn.POST, byPassword('admin', 'wrong'))
  expect(await at.panel.db.auditEntry.count({ where: { outcome: 'refused' } })).toBe(3)
})

test('guessing from a whole network shuts out nobody who was here before', async () => {
  const at = await withClock()
  const from = (peer: string, secret = PASSWORD) => ({
    ...byPassword('admin', secret),
    headers: { 'x-drawbridge-peer': peer },
  })
  expect((await ask(signIn.POST, from('192.0.2.7'))).status).toBe(200)
  for (let n = 0; n < 300; n++)
    at.panel.signInLimit.attempt({ name: 'admin', peer: `192.0.2.${n}` }, at.clock.now)
  expect((await ask(signIn.POST, from('192.0.2.8'))).status).toBe(429)
  expect((await ask(signIn.POST, from('192.0.2.7'))).status).toBe(200)
  // There it is slowed down all the same.
  const statuses = []
  for (let n = 0; n < 12; n++)
    statuses.push((await ask(signIn.POST, from('192.0.2.7', 'wrong'))).status)
  expect(statuses.at(-1)).toBe(429)
})

test('a sign-in from a place that was not seen before is shown', async () => {
  const at = await withClock()
  const from = (peer: string) => ({ ...byPassword(), headers: { 'x-drawbridge-peer': peer } })
  const places = async () => (await ask(me.GET, { cookie: at.cookie })).json.newPlaces
  // The first one ever is from everywhere new.
  expect(await places()).toEqual([])
  await ask(signIn.POST, from('192.0.2.7'))
  expect(await places()).toMatchObject([{ from: '192.0.2.7', device: 'An unknown browser' }])
  await ask(signIn.POST, from('192.0.2.7'))
  expect(await places()).toHaveLength(1)
})

test('passkeys are not asked for at a bare address, nor by what is no page', async () => {
  const at = await withClock()
  const bare = await ask(passkeyOptions.POST, post({}, at.cookie))
  expect(bare).toMatchObject({ status: 400, json: { code: 'passkey.needs-a-name' } })
})

test('that a session is in use is noted once an hour', async () => {
  const at = await withClock()
  const seen = async () => (await at.panel.db.session.findFirst())?.lastSeenAt?.getTime() ?? 0
  const stored = await seen()
  await at.panel.db.session.updateMany({ data: { lastSeenAt: new Date(stored - 59 * MINUTE_MS) } })
  await ask(me.GET, { cookie: at.cookie })
  expect(await seen()).toBe(stored - 59 * MINUTE_MS)
  await at.panel.db.session.updateMany({ data: { lastSeenAt: new Date(stored - 61 * MINUTE_MS) } })
  await ask(me.GET, { cookie: at.cookie })
  await expect.poll(seen).toBeGreaterThanOrEqual(stored)
})
