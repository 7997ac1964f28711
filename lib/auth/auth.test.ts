import { expect, test } from 'vitest'
import { countAccounts } from '@/lib/db/accounts'
import { tempDb } from '@/lib/db/testing/temp-db'
import { makeAuth } from './auth'
import { cookieHeader, findSession, signIn, signOut } from './session'
import { redeemSetupToken, setupToken } from './setup-token'

const SETTINGS = { secret: 'b'.repeat(43), origin: 'http://127.0.0.1:4880' }
const ADA = { name: 'Ada', password: 'correct horse battery', now: 1_000 }

async function withAda(origin = SETTINGS.origin) {
  const { db } = await tempDb()
  const token = (await setupToken(db)) ?? ''
  await redeemSetupToken(db, { token, ...ADA })
  return { db, auth: makeAuth(db, { ...SETTINGS, origin }) }
}
const carrying = (cookies: readonly string[]) => new Headers({ cookie: cookieHeader(cookies) })

test('the printed token makes one admin, once', async () => {
  const { db } = await tempDb()
  const first = await setupToken(db)
  const token = (await setupToken(db)) ?? ''
  expect(await redeemSetupToken(db, { token: first ?? '', ...ADA })).toBe(false)
  expect(await redeemSetupToken(db, { token, ...ADA })).toBe(true)
  expect(await redeemSetupToken(db, { token, ...ADA, name: 'Eve' })).toBe(false)
  expect(await setupToken(db)).toBeNull()
  expect(await countAccounts(db)).toBe(1)
  expect(JSON.stringify(await db.setting.findMany())).not.toContain(token)
})

test('two who redeem one token at once make one account', async () => {
  const { db } = await tempDb()
  const token = (await setupToken(db)) ?? ''
  const done = await Promise.all(
    ['Ada', 'Eve', 'Bob'].map((name) => redeemSetupToken(db, { token, ...ADA, name })),
  )
  expect(done.filter(Boolean)).toHaveLength(1)
  expect(await countAccounts(db)).toBe(1)
})

test('a token that was never printed costs no hash', async () => {
  const { db } = await tempDb()
  const token = (await setupToken(db)) ?? ''
  // Hashing no text at all throws.
  const unhashable = { ...ADA, password: undefined as never }
  expect(await redeemSetupToken(db, { ...unhashable, token: `${token}x` })).toBe(false)
  await expect(redeemSetupToken(db, { ...unhashable, token })).rejects.toThrow()
})

test('a signed-in browser is known by its cookie until it signs out', async () => {
  const { db, auth } = await withAda()
  const cookies = (await signIn(auth, new Headers(), { ...ADA, name: 'ADA' })) ?? []
  const session = await findSession(auth, db, carrying(cookies))
  expect(session?.me).toMatchObject({ name: 'Ada', role: 'admin' })

  await signOut(auth, carrying(cookies))
  expect(await findSession(auth, db, carrying(cookies))).toBeNull()
})

test('a session ends 30 days after its password, however often it was used', async () => {
  const { db, auth } = await withAda()
  const cookies = (await signIn(auth, new Headers(), ADA)) ?? []
  const days = (n: number) => new Date(Date.now() + n * 86_400_000)
  await db.session.updateMany({ data: { expiresAt: days(20), updatedAt: days(-10) } })
  const session = await findSession(auth, db, carrying(cookies))
  expect(session?.expiresAt).toBeLessThan(days(21).getTime())
  expect((await findSession(auth, db, carrying(cookies)))?.expiresAt).toBe(session?.expiresAt)

  await db.session.updateMany({ data: { expiresAt: days(-1) } })
  expect(await findSession(auth, db, carrying(cookies))).toBeNull()
})

test.each([
  ['a wrong password', { name: 'Ada', password: 'wrong' }],
  ['an unknown name', { name: 'eve', password: ADA.password }],
  ['a name that cannot be one', { name: '../..', password: ADA.password }],
])('%s does not sign in', async (_what, request) => {
  const { auth } = await withAda()
  expect(await signIn(auth, new Headers(), request)).toBeNull()
})

test('a forged or altered cookie is nobody', async () => {
  const { db, auth } = await withAda()
  const cookie = cookieHeader((await signIn(auth, new Headers(), ADA)) ?? [])
  const forged = cookie.replace(/\.[^.]*$/, '.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D')
  expect(forged).not.toBe(cookie)
  expect(await findSession(auth, db, new Headers({ cookie: forged }))).toBeNull()
})

test('cookies are http-only and lax, and secure where the panel is reached by https', async () => {
  const plain = await withAda()
  const secure = await withAda('https://panel.example')
  const [cookie = ''] = (await signIn(plain.auth, new Headers(), ADA)) ?? []
  const [secured = ''] = (await signIn(secure.auth, new Headers(), ADA)) ?? []
  expect(cookie).toMatch(/HttpOnly/i)
  expect(cookie).toMatch(/SameSite=Lax/i)
  expect(cookie).not.toMatch(/Secure/i)
  expect(secured).toMatch(/; Secure/i)
})

test('passwords are stored as argon2id', async () => {
  const { db } = await withAda()
  const [account] = await db.account.findMany()
  expect(account?.password).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
})
