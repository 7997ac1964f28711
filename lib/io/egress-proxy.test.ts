import { execFile } from 'node:child_process'
import { createServer, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { promisify } from 'node:util'
import { afterEach, expect, test } from 'vitest'
import { type Allowed, makeEgress } from './egress'
import { startEgressProxy } from './egress-proxy'

const cleanup: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of cleanup.splice(0).reverse()) await undo()
})

async function site() {
  let reached = 0
  const server = createServer((_request, response) => {
    reached++
    response.end('hello')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanup.push(() => server.close())
  return { port: (server.address() as AddressInfo).port, reached: () => reached }
}

async function proxyTo(rules: Allowed[]) {
  const egress = makeEgress(async () => rules)
  const proxy = await startEgressProxy(egress)
  cleanup.push(
    () => egress.close(),
    () => proxy.close(),
  )
  return proxy
}
const allowed = (port: number): Allowed => ({
  ...{ host: '127.0.0.1', port },
  ...{ reach: 'private', by: 'an admin' },
})

test('a program comes through to what is allowed, tunnelled and plain', async () => {
  const { port } = await site()
  const { url } = await proxyTo([allowed(port)])
  const env = { PATH: process.env.PATH ?? '', http_proxy: url, NODE_ENV: 'test' as const }
  for (const how of [['--proxytunnel'], []]) {
    const args = ['-sS', '--max-time', '10', ...how, `http://127.0.0.1:${port}/`]
    const { stdout } = await promisify(execFile)('curl', args, { env })
    expect(stdout).toBe('hello')
  }
})

/** What the proxy answers a CONNECT; its URL with or without the password. */
const tunnel = (url: string, path: string) =>
  new Promise((resolve, reject) => {
    const { hostname, port, username, password } = new URL(url)
    const basic = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
    const headers = username === '' ? {} : { 'proxy-authorization': basic }
    const asked = request({ hostname, port, method: 'CONNECT', path, headers })
    asked.on('connect', ({ statusCode }, socket) => {
      socket.destroy()
      resolve(statusCode)
    })
    asked.on('error', reject)
    asked.end()
  })

test('another user of this machine, who does not know the password, comes nowhere', async () => {
  const { port, reached } = await site()
  const { url } = await proxyTo([allowed(port)])
  const bare = `http://127.0.0.1:${new URL(url).port}`
  expect(await tunnel(bare, `127.0.0.1:${port}`)).toBe(407)
  expect(await tunnel(bare.replace('//', '//helm:guess@'), `127.0.0.1:${port}`)).toBe(407)
  const { stdout } = await promisify(execFile)(
    'curl',
    ['-sS', '-o', '-', '-w', '%{http_code}', `http://127.0.0.1:${port}/`],
    { env: { PATH: process.env.PATH ?? '', http_proxy: bare, NODE_ENV: 'test' } },
  )
  expect(stdout).toBe('407')
  expect(reached()).toBe(0)
})

test.each([':::', '[', 'a b:1', 'host', '127.0.0.1:99999', 'user@127.0.0.1:80', '%'])(
  'a tunnel to %j, which is no target, is refused and nothing ends',
  async (path) => {
    const { port } = await site()
    const { url } = await proxyTo([allowed(port)])
    const answer = await raw(url, path)
    expect(answer).toMatch(/^HTTP\/1.1 400 /)
    expect(await tunnel(url, `127.0.0.1:${port}`)).toBe(200)
  },
)

/** As {@link tunnel}, of a path that Node's own client would not send. */
const raw = (url: string, path: string) =>
  new Promise<string>((resolve, reject) => {
    const { port, username, password } = new URL(url)
    const basic = Buffer.from(`${username}:${password}`).toString('base64')
    const socket = connect(Number(port), '127.0.0.1', () =>
      socket.write(
        `CONNECT ${path} HTTP/1.1\r\nhost: x\r\nproxy-authorization: Basic ${basic}\r\n\r\n`,
      ),
    )
    let text = ''
    socket.on('data', (piece) => {
      text += String(piece)
    })
    socket.on('end', () => resolve(text))
    socket.on('error', reject)
  })

test('a tunnel to anything else is refused, and told of', async () => {
  const { port, reached } = await site()
  const proxy = await proxyTo([allowed(1)])
  expect(await tunnel(proxy.url, `127.0.0.1:${port}`)).toBe(403)
  expect(proxy.refused.map(({ target }) => target)).toEqual([`127.0.0.1:${port}`])
  expect(reached()).toBe(0)
})
