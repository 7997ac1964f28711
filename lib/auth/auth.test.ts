import { expect, test } from 'vitest'
import { countAccounts } from '@/lib/db/accounts'
import { tempDb } from '@/lib/db/testing/temp-db'
import { makeAuth } from './auth'
import { hashPassword, isOutdated } from './password'
import { findByPassword } from './password-sign-in'
import { SCHEME_HEADER } from './scheme'
import { cookieHeader, findSession } from './session'
import { redeemSetupToken, setupToken } from './setup-token'
import { type SessionStart, startSession } from './start-session'

const DAY_MS = 86_400_000
const ADA = { name: 'Ada', password: 'correct horse battery' }
const AT = { actor: { id: null, name: 'nobody', via: 'browser', from: '::1' }, now: 1_000 } as const
const https = new Headers({ [SCHEME_HEADER]: 'https' })

/** A panel's database with Ada, and how to begin her sessions at a time. */
async function withAda() {
  const { db } = await tempDb()
  const token = (await setupToken(db)) ?? ''
  const userId = (await redeemSetupToken(db, { token, ...ADA }, AT)) ?? ''
  const auth = makeAuth(db, { secret: 'b'.repeat(43) })
  const ended: string[] = []
  const live = { tell: () => {}, endSession: (id: string) => ended.push(id), close: () => {} }
  const begin = (
    more: Partial<SessionStart> = {},
    { now = Date.now(), headers = new Headers() } = {},
  ) =>
    startSession({ db, auth, live, now: () => now } as never, headers, {
      ...{ userId, kind: 'browser', method: 'password', confirmed: true },
      ...more,
    })
  return { db, auth, userId, ended, begin }
}
const carrying = (cookies: readonly string[]) => new Headers({ cookie: cookieHeader(cookies) })

test('the printed token makes one admin, once', async () => {
  const { db } = await tempDb()
  const first = await setupToken(db)
  const token = (await setupToken(db)) ?? ''
  expect(await redeemSetupToken(db, { token: first ?? '', ...ADA }, AT)).toBeNull()
  expect(await redeemSetupToken(db, { token, ...ADA }, AT)).not.toBeNull()
  expect(await redeemSetupToken(db, { token, ...ADA, name: 'Eve' }, AT)).toBeNull()
  expect(await setupToken(db)).toBeNull()
  expect(await countAccounts(db)).toBe(1)
  expect(JSON.stringify(await db.setting.findMany())).not.toContain(token)
})

test('two who redeem one token at once make one account', async () => {
  const { db } = await tempDb()
  const token = (await setupToken(db)) ?? ''
  const done = await Promise.all(
    ['Ada', 'Eve', 'Bob'].map((name) => redeemSetupToken(db, { token, ...ADA, name }, AT)),
  )
  expect(done.filter(Boolean)).toHaveLength(1)
  expect(await countAccounts(db)).toBe(1)
})

test('a token that was never printed costs no hash', async () => {
  const { db } = await tempDb()
  const token = (await setupToken(db)) ?? ''
  // Hashing no text at all throws.
  const unhashable = { ...ADA, password: undefined as never }
  expect(await redeemSetupToken(db, { ...unhashable, token: `${token}x` }, AT)).toBeNull()
  await expect(redeemSetupToken(db, { ...unhashable, token }, AT)).rejects.toThrow()
})

test('a signed-in browser is known by its cookie until its session ends', async () => {
  const { db, auth, begin } = await withAda()
  const cookies = await begin()
  const session = await findSession(auth, db, carrying(cookies))
  expect(session?.me).toMatchObject({ name: 'Ada', role: 'admin' })
  expect(session?.confirmedAt).toBeGreaterThan(Date.now() - 60_000)

  await db.session.deleteMany()
  expect(await findSession(auth, db, carrying(cookies))).toBeNull()
})

test.each([
  ['browser', 7],
  ['phone', 30],
] as const)(
  'the session of a %s ends after %i days, however often it was used',
  async (kind, days) => {
    const { db, auth, begin } = await withAda()
    const began = Date.now() - days * DAY_MS + 60_000
    const cookies = await begin({ kind }, { now: began })
    expect(cookies[0]).toContain(`Max-Age=${days * 86_400}`)
    await db.session.updateMany({ data: { lastSeenAt: new Date() } })
    const session = await findSession(auth, db, carrying(cookies))
    expect(session?.expiresAt).toBe(began + days * DAY_MS)
    expect((await findSession(auth, db, carrying(cookies)))?.expiresAt).toBe(session?.expiresAt)

    await db.session.updateMany({ data: { expiresAt: new Date(Date.now() - 1) } })
    expect(await findSession(auth, db, carrying(cookies))).toBeNull()
  },
)

test('a session that was not confirmed is not taken for a fresh one', async () => {
  const { db, auth, begin } = await withAda()
  const session = await findSession(auth, db, carrying(await begin({ confirmed: false })))
  expect(session?.confirmedAt).toBeNull()
})

test('a new session in the same browser leaves no old one behind', async () => {
  const { db, auth, begin, ended } = await withAda()
  const old = await findSession(auth, db, carrying(await begin()))
  await begin({ replaces: old })
  expect(await db.session.count()).toBe(1)
  expect(ended).toEqual([old?.id])
})

test('an account that was switched off gets no session and loses those it had', async () => {
  const { db, auth, begin } = await withAda()
  const cookies = await begin()
  await db.user.updateMany({ data: { disabled: true } })
  expect(await findSession(auth, db, carrying(cookies))).toBeNull()
  await expect(begin()).rejects.toMatchObject({ code: 'session.switched-off', status: 401 })
})

test.each([
  ['a wrong password', { name: 'Ada', password: 'wrong' }],
  ['an unknown name', { name: 'eve', password: ADA.password }],
  ['a name that cannot be one', { name: '../..', password: ADA.password }],
])('%s is nobody', async (_what, request) => {
  const { db } = await withAda()
  expect(await findByPassword(db, { ...request, now: 1 })).toBeNull()
})

test('a name counts in any case of letters', async () => {
  const { db, userId } = await withAda()
  const found = await findByPassword(db, { ...ADA, name: 'ADA', now: 1 })
  expect(found).toMatchObject({ id: userId, name: 'Ada', hasTotp: false })
})

test('a forged or altered cookie is nobody', async () => {
  const { db, auth, begin } = await withAda()
  const cookie = cookieHeader(await begin())
  const forged = cookie.replace(/\.[^.]*$/, '.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D')
  expect(forged).not.toBe(cookie)
  expect(await findSession(auth, db, new Headers({ cookie: forged }))).toBeNull()
})

test('cookies are http-only and lax; over https secure and bound to the host', async () => {
  const { begin } = await withAda()
  const [plain = ''] = await begin()
  const [secured = ''] = await begin({}, { headers: https })
  expect(plain).toMatch(/^drawbridge\.session=/)
  expect(plain).toMatch(/; HttpOnly/i)
  expect(plain).toMatch(/; SameSite=Lax/i)
  expect(plain).not.toMatch(/Secure/i)
  expect(secured).toMatch(/^__Host-drawbridge\.session=/)
  expect(secured).toMatch(/; Secure/i)
  expect(secured).toMatch(/; Path=\//i)
  expect(secured).not.toMatch(/Domain/i)
})

test('over https a cookie that plain http could have planted does not count', async () => {
  const { db, auth, begin } = await withAda()
  const cookie = cookieHeader(await begin())
  expect(await findSession(auth, db, new Headers({ cookie }))).not.toBeNull()
  const headers = new Headers({ cookie, [SCHEME_HEADER]: 'https' })
  expect(await findSession(auth, db, headers)).toBeNull()
  // A socket's handshake does not say its scheme.
  const secured = cookieHeader(await begin({}, { headers: https }))
  expect(await findSession(auth, db, new Headers({ cookie: secured }))).not.toBeNull()
})

test('passwords are argon2id; one of other costs is hashed again when it is used', async () => {
  const { db, userId } = await withAda()
  const stored = async () => (await db.account.findFirst({ where: { userId } }))?.password ?? ''
  expect(await stored()).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(isOutdated(await hashPassword('anything'))).toBe(false)

  const { hash } = await import('@node-rs/argon2')
  const cheap = await hash(ADA.password, { memoryCost: 8192, timeCost: 1, parallelism: 1 })
  await db.account.updateMany({ data: { password: cheap } })
  expect(await findByPassword(db, { ...ADA, password: 'wrong', now: 1 })).toBeNull()
  expect(await stored()).toBe(cheap)
  expect(await findByPassword(db, { ...ADA, now: 1 })).not.toBeNull()
  expect(await stored()).toMatch(/m=19456,t=2,p=1/)
  expect(await findByPassword(db, { ...ADA, now: 1 })).not.toBeNull()
})
