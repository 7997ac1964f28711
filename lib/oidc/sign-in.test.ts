import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { Secret } from '@/lib/base/secret'
import { makeEgress, targetOf } from '@/lib/io/egress'
import { examine } from './examine'
import { openProvider, type Provider } from './provider'
import { beginSignIn, finishSignIn } from './sign-in'
import { signInAt, startProvider } from './testing/oidc-provider'

const BACK = 'http://127.0.0.1:4880/api/auth/oidc/callback'

const reaching = (issuer: string, ms = 9000) => ({
  egress: makeEgress(async () => [{ ...targetOf(issuer), reach: 'private', by: 'a test' }]),
  signal: AbortSignal.timeout(ms),
})

async function withProvider(options?: Parameters<typeof startProvider>[1]) {
  const real = await startProvider([BACK], options)
  onTestFinished(() => real.close())
  real.people.ada = { name: 'ada', groups: ['rack', 'admins'] }
  const provider: Provider = {
    ...{ issuer: real.issuer, clientId: real.clientId, ca: null },
    clientSecret: new Secret(real.clientSecret),
    ...{ scopes: 'openid profile groups', nameClaim: 'preferred_username', groupsClaim: 'groups' },
  }
  const open = (change: Partial<Provider> = {}) =>
    openProvider({ ...provider, ...change }, reaching(provider.issuer))
  /** A whole round; `meanwhile` changes what is kept or comes back. */
  const round = async (
    change: {
      provider?: Partial<Provider>
      kept?: object
      back?: (url: string) => string
      sinceS?: number
      again?: boolean
      jar?: Map<string, string>
    } = {},
  ) => {
    const opened = await open(change.provider)
    const redirect = { redirectUri: BACK, again: change.again ?? false }
    const { url, ...kept } = await beginSignIn(opened, redirect)
    const jar = change.jar ?? new Map()
    const callbackUrl = await signInAt(url, { login: 'ada', jar })
    return finishSignIn(opened, {
      callbackUrl: change.back?.(callbackUrl) ?? callbackUrl,
      round: { ...kept, ...change.kept },
      sinceS: change.sinceS ?? null,
    })
  }
  return { real, open, round }
}

test('a whole round says who came: issuer, subject, name and groups', async () => {
  const { round, real } = await withProvider()
  expect(await round()).toEqual({
    ...{ issuer: real.issuer, subject: 'ada', name: 'ada', groups: ['rack', 'admins'] },
  })
  expect(real.requests).toContain('GET /jwks')
  expect(real.requests.filter((each) => each === 'POST /token')).toHaveLength(1)
})

test('what the ID token does not say is asked at the userinfo endpoint', async () => {
  const { round, real } = await withProvider({ claimsIn: 'userinfo' })
  expect(await round()).toMatchObject({ name: 'ada', groups: ['rack', 'admins'] })
  expect(real.requests).toContain('GET /me')
  real.people.ada = {}
  expect(await round()).toMatchObject({ name: null, groups: null })
})

test.each([
  ['another state', { kept: { state: 'x'.repeat(43) } }, 'oidc.not-asked-for'],
  ['another nonce', { kept: { nonce: 'x'.repeat(43) } }, 'oidc.not-asked-for'],
  ['another verifier', { kept: { verifier: 'x'.repeat(43) } }, 'oidc.code-refused'],
  [
    'another code',
    { back: (url: string) => url.replace(/code=[^&]+/, 'code=guess') },
    'oidc.code-refused',
  ],
  [
    'another issuer in the answer',
    { back: (url: string) => url.replace(/iss=[^&]+/, 'iss=https%3A%2F%2Fevil.example') },
    'oidc.not-asked-for',
  ],
  ['another secret', { provider: { clientSecret: new Secret('guess') } }, 'oidc.client-refused'],
])('%s signs nobody in', async (_, change, code) => {
  const { round } = await withProvider()
  await expect(round(change)).rejects.toMatchObject({ code })
})

test.each([
  ['one that ended', { claims: (c: object) => ({ ...c, exp: 1000 }) }, 'oidc.clock'],
  ['one for somebody else', { claims: (c: object) => ({ ...c, aud: 'x' }) }, 'oidc.token-invalid'],
  ['one of another issuer', { claims: (c: object) => ({ ...c, iss: 'x' }) }, 'oidc.token-invalid'],
  [
    'one with another nonce',
    { claims: (c: object) => ({ ...c, nonce: 'x' }) },
    'oidc.not-asked-for',
  ],
  ['one whose signature is wrong', { sign: 'broken' as const }, 'oidc.token-invalid'],
  ['one without a signature', { sign: 'none' as const }, 'oidc.symmetric'],
  ['one signed with the shared secret', { sign: 'HS256' as const }, 'oidc.symmetric'],
])('an ID token: %s signs nobody in', async (_, tamper, code) => {
  const { round, real } = await withProvider()
  Object.assign(real.tamper, tamper)
  await expect(round()).rejects.toMatchObject({ code })
})

test('a code counts once', async () => {
  const { open } = await withProvider()
  const opened = await open()
  const { url, ...kept } = await beginSignIn(opened, { redirectUri: BACK, again: false })
  const callbackUrl = await signInAt(url, { login: 'ada' })
  await finishSignIn(opened, { callbackUrl, round: kept, sinceS: null })
  const again = finishSignIn(opened, { callbackUrl, round: kept, sinceS: null })
  await expect(again).rejects.toMatchObject({ code: 'oidc.code-refused' })
})

test('who presses Cancel at the provider is told so', async () => {
  const { open } = await withProvider()
  const opened = await open()
  const { url, ...kept } = await beginSignIn(opened, { redirectUri: BACK, again: false })
  const callbackUrl = await signInAt(url, { login: 'ada', abort: true })
  const finished = finishSignIn(opened, { callbackUrl, round: kept, sinceS: null })
  await expect(finished).rejects.toMatchObject({ code: 'oidc.turned-down' })
})

test('a proof is fresh when the provider asked again, and only then', async () => {
  const { round, real } = await withProvider()
  const jar = new Map<string, string>()
  await round({ jar })
  expect(await round({ jar, again: true, sinceS: 1 })).toMatchObject({ subject: 'ada' })
  real.tamper.claims = (claims) => ({ ...claims, auth_time: Number(claims.auth_time) - 3600 })
  await expect(round({ jar, again: true, sinceS: 1 })).rejects.toMatchObject({
    code: 'oidc.not-fresh',
  })
  real.tamper.claims = ({ auth_time: _, ...claims }) => claims
  await expect(round({ jar, again: true, sinceS: 1 })).rejects.toMatchObject({
    code: 'oidc.not-fresh',
  })
})

test('a public client is guarded by PKCE alone', async () => {
  const { open } = await withProvider()
  const { url } = await beginSignIn(await open({ clientSecret: null }), {
    ...{ redirectUri: BACK, again: false },
  })
  const { searchParams } = new URL(url)
  expect(searchParams.get('code_challenge_method')).toBe('S256')
  expect(searchParams.get('code_challenge')).toMatch(/^[\w-]{43}$/)
})

test('its own description is judged line by line', async () => {
  const { open } = await withProvider()
  const levels = examine(await open({ scopes: 'openid mail' })).map(({ level }) => level)
  expect(levels).toEqual(['ok', 'ok', 'ok', 'ok', 'warn'])
})

test('what is no provider, another one, or nothing is said in words', async () => {
  const answers: Record<string, string> = {
    '/other/.well-known/openid-configuration': JSON.stringify({ issuer: 'https://auth.example' }),
    '/page/.well-known/openid-configuration': '<html>',
  }
  const server = http.createServer((request, response) => {
    const found = answers[request.url ?? '']
    if (request.url?.startsWith('/slow')) return
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' }).end(found ?? '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider: Provider = {
    ...{ clientId: 'x', clientSecret: null, ca: null, issuer: '' },
    ...{ scopes: 'openid', nameClaim: 'name', groupsClaim: 'groups' },
  }
  const open = (issuer: string, ms?: number) =>
    openProvider({ ...provider, issuer }, reaching(origin, ms)).catch((error: unknown) => error)

  expect(await open(`${origin}/other`)).toMatchObject({
    code: 'oidc.issuer-mismatch',
    message: expect.stringContaining('calls itself https://auth.example'),
  })
  expect(await open(`${origin}/page`)).toMatchObject({ code: 'oidc.not-a-provider' })
  expect(await open(`${origin}/none`)).toMatchObject({ code: 'oidc.not-a-provider' })
  expect(await open(`${origin}/slow`, 300)).toMatchObject({
    code: 'oidc.unreachable',
    transient: true,
  })
  expect(await open('http://127.0.0.1:20001')).toMatchObject({ code: 'egress.not-allowed' })
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  expect(await open(`${origin}/other`)).toMatchObject({
    code: 'oidc.unreachable',
    message: expect.stringContaining('ECONNREFUSED'),
  })
})
