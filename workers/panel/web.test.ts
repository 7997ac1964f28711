import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import tls from 'node:tls'
import { Server } from 'socket.io'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { PEER_HEADER } from '@/lib/auth/peer'
import { SCHEME_HEADER } from '@/lib/auth/scheme'
import { parseConfig } from '@/lib/io/env'
import { makeFront, whyRefused } from './front'
import type { Tls } from './tls'
import { issue, makeAuthority, type Pair } from './tls-authority'
import { coveredBy } from './tls-own'
import { LIMITS, type Limits, listen } from './web-listen'

const NAMES = { dns: ['localhost', 'pi.local'], ips: ['127.0.0.1'] }
let authority: Pair
let pair: Pair
beforeAll(async () => {
  authority = await makeAuthority(NAMES, 'pi', Date.now())
  pair = await issue(authority, NAMES, Date.now())
})

const lan = (): Tls => ({
  pair: () => pair,
  names: () => coveredBy(pair.cert),
  authority: {
    pem: authority.cert,
    der: Buffer.from('der'),
    fingerprint: 'AB:CD',
    name: '<img src=x onerror=alert(1)>',
    endsAt: Date.UTC(2036, 0, 1),
  },
  refresh: async () => false,
  everyMs: 1000,
})

/** A front on a free port, whose inner server echoes the headers that it was handed. */
async function serve(env: Record<string, string> = {}, ownTls: Tls | null = null, limits = LIMITS) {
  const config = parseConfig({ PORT: '0', ...env })
  const inner = http.createServer((request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(request.headers))
  })
  const io = new Server(inner, { serveClient: false })
  const front = makeFront({ config, tls: ownTls, hostname: 'Pi', development: false }, inner)
  const listening = await listen(config, ownTls?.pair() ?? null, front, limits)
  onTestFinished(async () => {
    await listening.close()
    await io.close()
  })
  return listening
}

type Answer = { status: number; headers: http.IncomingHttpHeaders; body: string }

function ask(
  port: number,
  options: http.RequestOptions & { secure?: boolean; ca?: string; servername?: string } = {},
): Promise<Answer> {
  const { secure, ...rest } = options
  return new Promise((resolve, reject) => {
    const request = (secure ? https : http).request(
      { host: '127.0.0.1', port, agent: false, ca: authority.cert, ...rest },
      (response) => {
        let body = ''
        response.on('data', (piece) => {
          body += piece
        })
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        )
      },
    )
    request.on('error', reject)
    request.end()
  })
}

/** Writes to a bare socket and resolves with all that came back when it is closed. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1')
    let got = ''
    socket.on('data', (piece) => {
      got += piece
    })
    socket.on('error', () => resolve(got))
    socket.on('close', () => resolve(got))
    socket.write(text)
  })
}

const PROTECTED = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
}

test('every answer is protected, whoever writes it', async () => {
  const { port } = await serve()
  const answers = {
    page: await ask(port),
    polling: await ask(port, { path: '/socket.io/?EIO=4&transport=polling' }),
    'polling refused': await ask(port, { path: '/socket.io/?EIO=2&transport=nothing' }),
    'no host': await ask(port, { headers: { host: 'not a host' } }),
    'other host': await ask(port, { headers: { host: 'evil.example' } }),
    'too long': await ask(port, { path: `/?${'a'.repeat(9000)}` }),
    trust: await ask(port, { path: '/trust' }),
  }
  for (const [name, { headers }] of Object.entries(answers))
    expect(headers, name).toMatchObject(PROTECTED)
  expect(answers.page.headers['cache-control']).toBe('no-store')
  expect(answers.polling.status).toBe(200)
  expect(answers['too long']).toMatchObject({ status: 414 })
  const noise = await raw(port, 'NOISE\r\n\r\n')
  expect(noise).toMatch(/^HTTP\/1\.1 400 [\s\S]*x-frame-options: DENY/)
  expect(await raw(port, `GET / HTTP/1.1\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 431/,
  )
})

test('each answer has a nonce of its own, which the page gets and a client cannot choose', async () => {
  const { port } = await serve()
  const seen = new Set<string>()
  for (let i = 0; i < 3; i++) {
    const { headers, body } = await ask(port, {
      headers: { 'x-nonce': 'mine', 'content-security-policy': "script-src 'nonce-mine'" },
    })
    const inner = JSON.parse(body)
    expect(headers['content-security-policy']).toBe(inner['content-security-policy'])
    expect(headers['content-security-policy']).toContain(`'nonce-${inner['x-nonce']}'`)
    seen.add(inner['x-nonce'])
  }
  expect(seen.size).toBe(3)
  expect([...seen].join()).not.toContain('mine')
})

test.each([
  ['127.0.0.1:4880', 200],
  ['[::1]:4880', 200],
  ['localhost', 200],
  ['pi', 200],
  ['PI.local:4880', 200],
  ['192.168.1.5', 200],
  ['panel.example.com', 200],
  ['evil.example', 421],
  ['pi.local.evil.example', 421],
  ['127.0.0.1.evil.example', 421],
  ['localhost.evil.example', 421],
  ['sub.panel.example.com', 421],
])('asked for as %s it answers %i', async (host, status) => {
  const { port } = await serve({ PUBLIC_URL: 'https://panel.example.com' })
  const answer = await ask(port, { headers: { host } })
  expect(answer.status).toBe(status)
  if (status === 421) expect(answer.body).toContain('PUBLIC_URL')
})

test('a socket that another name opens is refused before it is one', async () => {
  const { port } = await serve()
  const upgrade = (host: string) =>
    raw(
      port,
      `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nhost: ${host}\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
    )
  expect(await upgrade('evil.example')).toMatch(/^HTTP\/1\.1 421/)
})

test('what a client says about its way here counts only from a trusted proxy', async () => {
  const lies = {
    [PEER_HEADER]: '6.6.6.6',
    [SCHEME_HEADER]: 'https',
    'x-forwarded-for': '1.2.3.4',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'panel.example.com',
    forwarded: 'for=6.6.6.6',
  }
  const env = { PUBLIC_URL: 'https://panel.example.com' }
  const alone = await ask((await serve(env)).port, { headers: lies })
  expect(JSON.parse(alone.body)).toMatchObject({
    [PEER_HEADER]: '127.0.0.1',
    [SCHEME_HEADER]: 'http',
  })
  expect(alone.body).not.toMatch(/6\.6\.6\.6|1\.2\.3\.4/)
  const { port } = await serve({ ...env, TRUST_PROXY: '127.0.0.1' })
  expect(JSON.parse((await ask(port, { headers: lies })).body)).toMatchObject({
    [PEER_HEADER]: '1.2.3.4',
    [SCHEME_HEADER]: 'https',
    host: 'panel.example.com',
  })
  const named = await ask(port, { headers: { 'x-forwarded-host': 'evil.example' } })
  expect(named.status).toBe(421)
})

test('one port speaks HTTPS, and leads plain HTTP there without serving it', async () => {
  const { port } = await serve({ LAN: 'on', HOST: '127.0.0.1' }, lan())
  const secure = await ask(port, { secure: true, servername: 'pi.local' })
  expect(secure.status).toBe(200)
  expect(JSON.parse(secure.body)[SCHEME_HEADER]).toBe('https')
  const host = `pi.local:${port}`
  const look = await ask(port, { path: '/jobs?a=1', headers: { host } })
  expect(look).toMatchObject({ status: 308, headers: { location: `https://${host}/jobs?a=1` } })
  expect(look.headers).toMatchObject(PROTECTED)
  const program = await ask(port, { path: '/api/status', headers: { host } })
  expect(program.status).toBe(400)
  expect(program.headers).not.toHaveProperty('location')
  const sent = await ask(port, { method: 'POST', path: '/api/auth/sign-in', headers: { host } })
  expect(sent).toMatchObject({ status: 400 })
  expect(JSON.parse(sent.body).code).toBe('request.not-encrypted')
  expect((await ask(port, { path: '/healthz' })).status).toBe(200)
  expect((await ask(port, { headers: { host: 'evil.example' } })).status).toBe(421)
  expect(
    await raw(
      port,
      'GET /socket.io/ HTTP/1.1\r\nhost: pi.local\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
    ),
  ).toMatch(/^HTTP\/1\.1 400/)
})

test('only authenticated encryption with keys of one connection is spoken, from TLS 1.2 on', async () => {
  const { port } = await serve({ LAN: 'on', HOST: '127.0.0.1' }, lan())
  const shake = (options: tls.ConnectionOptions) =>
    new Promise<string>((resolve) => {
      const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options })
      socket.once('secureConnect', () => {
        resolve(`${socket.getProtocol()} ${socket.getCipher().name}`)
        socket.destroy()
      })
      socket.once('error', () => resolve('refused'))
    })
  const old = { maxVersion: 'TLSv1.2', minVersion: 'TLSv1.2' } as const
  expect(await shake({})).toBe('TLSv1.3 TLS_AES_256_GCM_SHA384')
  expect(await shake(old)).toBe('TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384')
  expect(await shake({ ...old, ciphers: 'ECDHE-ECDSA-AES256-SHA384:ECDHE-ECDSA-AES128-SHA' })).toBe(
    'refused',
  )
  const older = {
    maxVersion: 'TLSv1.1',
    minVersion: 'TLSv1.1',
    ciphers: 'ALL:@SECLEVEL=0',
  } as const
  expect(await shake(older)).toBe('refused')
})

test.each(['TRACE', 'OPTIONS', 'PROPFIND'])('%s is no method of the panel', async (method) => {
  const { port } = await serve()
  const answer = await ask(port, { method, path: '/api/session' })
  expect(answer).toMatchObject({
    ...{ status: 405, headers: { allow: 'GET, HEAD, POST, PUT, PATCH, DELETE' } },
    body: expect.stringContaining('request.method'),
  })
})

test('the trust page and its files are there for anybody, over both', async () => {
  const { port } = await serve({ LAN: 'on', HOST: '127.0.0.1' }, lan())
  for (const secure of [true, false]) {
    const page = await ask(port, { secure, path: '/trust', headers: { host: `pi.local:${port}` } })
    expect(page.status).toBe(200)
    expect(page.body).toContain('AB:CD')
    expect(page.body).toContain('&lt;img src=x')
    expect(page.body).not.toMatch(/<img|<script| style=/)
    expect(page.headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-/,
    )
    const files = { 'ca.crt': /x509-ca-cert/, 'ca.pem': /pem/, 'drawbridge.mobileconfig': /aspen/ }
    for (const [file, type] of Object.entries(files)) {
      const answer = await ask(port, { secure, path: `/trust/${file}` })
      expect(answer.headers['content-type'], file).toMatch(type)
      expect(answer.headers['content-disposition']).toContain('attachment')
    }
  }
  expect((await ask(port, { path: '/trust', method: 'POST' })).status).toBe(405)
  const { port: loopback } = await serve()
  expect((await ask(loopback, { path: '/trust' })).status).toBe(404)
})

test('a new certificate is served to who connects next, without a restart', async () => {
  const { port, setPair } = await serve({ LAN: 'on', HOST: '127.0.0.1' }, lan())
  const serial = () =>
    new Promise<string>((resolve) => {
      const socket = tls.connect({ port, host: '127.0.0.1', ca: authority.cert }, () => {
        resolve(socket.getPeerCertificate().serialNumber)
        socket.destroy()
      })
    })
  const before = await serial()
  setPair(await issue(authority, NAMES, Date.now()))
  expect(await serial()).not.toBe(before)
})

test.each([
  [{ PUBLIC_URL: 'https://pi.local', LAN: 'on', HOST: '127.0.0.1' }, 'pi.local', 'max-age=86400'],
  [{ LAN: 'on', HOST: '127.0.0.1' }, 'pi.local', undefined],
  [{ LAN: 'on', HOST: '127.0.0.1' }, '127.0.0.1', undefined],
])('HSTS with %j for %s is %s', async (env, host, expected) => {
  const { port } = await serve(env as Record<string, string>, lan())
  const { headers } = await ask(port, { secure: true, headers: { host } })
  expect(headers['strict-transport-security']).toBe(expected)
})

test('HSTS with an own certificate is for the names on it, and never said over plain HTTP', async () => {
  const own = { ...lan(), authority: null }
  const env = { TLS_CERT: 'a.pem', TLS_KEY: 'a.key' }
  const { port } = await serve(env, own)
  const hsts = async (secure: boolean) =>
    (await ask(port, { secure, headers: { host: 'pi.local' } })).headers[
      'strict-transport-security'
    ]
  expect(await hsts(true)).toBe('max-age=31536000')
  expect(await hsts(false)).toBe(undefined)
})

test.each([
  ['192.168.1.9', false, 'request.past-proxy'],
  ['192.168.1.2', true, undefined],
  // Nothing leaves the machine: a container's own health check.
  ['127.0.0.1', false, undefined],
  ['::ffff:127.0.0.1', false, undefined],
])('behind a proxy, %s (the proxy: %s) is refused with %s', (remoteAddress, byProxy, code) => {
  const config = parseConfig({ HOST: '0.0.0.0', TRUST_PROXY: '192.168.1.2' })
  const asked = { url: '/', socket: { remoteAddress } } as http.IncomingMessage
  const arrival = { scheme: 'http' as const, host: '192.168.1.5', byProxy }
  const parts = { config, tls: null, hostname: 'pi', development: false }
  expect(whyRefused(asked, arrival, parts)?.code).toBe(code)
})

const quick = (changes: Partial<Limits>): Limits => ({
  ...LIMITS,
  headersMs: 200,
  requestMs: 300,
  handshakeMs: 200,
  checkEveryMs: 50,
  ...changes,
})

test.each([
  ['the head never ends', null, 'GET / HTTP/1.1\r\nhost: localhost\r\nx-a: '],
  [
    'the body never comes',
    null,
    'POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n1',
  ],
  ['nothing is said on a port of HTTPS', lan, ''],
  ['a TLS handshake stops', lan, '\u0016\u0003\u0001'],
  ['the head never ends beside TLS', lan, 'GET / HTTP/1.1\r\nhost: localhost\r\nx-a: '],
] as const)('a connection on which %s is ended', async (_, makeTls, text) => {
  const env: Record<string, string> = makeTls ? { LAN: 'on', HOST: '127.0.0.1' } : {}
  const { port } = await serve(env, makeTls?.() ?? null, quick({}))
  const got = await raw(port, text)
  expect(got === '' || /^HTTP\/1\.1 (200|408)/.test(got), got).toBe(true)
})

test('one address does not get all connections, and gets new ones when old ones end', async () => {
  const { port } = await serve({}, null, { ...LIMITS, connectionsPerAddress: 3 })
  const open = await Promise.all(
    Array.from({ length: 3 }, () => {
      const socket = net.connect(port, '127.0.0.1')
      return new Promise<net.Socket>((resolve) => socket.once('connect', () => resolve(socket)))
    }),
  )
  await expect(ask(port)).rejects.toThrow()
  const closed = new Promise((resolve) => open[0]?.once('close', resolve))
  open[0]?.end()
  await closed
  await expect.poll(async () => (await ask(port).catch(() => null))?.status).toBe(200)
  for (const socket of open) socket.destroy()
})
