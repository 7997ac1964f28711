import { execFile } from 'node:child_process'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
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

test('a tunnel to anything else is refused, and told of', async () => {
  const { port, reached } = await site()
  const proxy = await proxyTo([allowed(1)])
  const status = await new Promise((resolve, reject) => {
    const asked = request(proxy.url, { method: 'CONNECT', path: `127.0.0.1:${port}` })
    asked.on('connect', ({ statusCode }, socket) => {
      socket.destroy()
      resolve(statusCode)
    })
    asked.on('error', reject)
    asked.end()
  })
  expect(status).toBe(403)
  expect(proxy.refused.map(({ target }) => target)).toEqual([`127.0.0.1:${port}`])
  expect(reached()).toBe(0)
})
