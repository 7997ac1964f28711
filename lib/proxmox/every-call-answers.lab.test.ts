import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { expect, test } from 'vitest'
import { connectProxmox } from './client'
import type { ProxmoxError } from './errors'
import type { Proxmox } from './proxmox'
import { type CallRow, callTarget } from './testing/call-target'
import { EVERY_CALL } from './testing/every-call'
import { selfSigned } from './testing/pve-stub'
import { after, errorOf, token } from './testing/stubbed'

const ROWS = Object.entries<CallRow>(EVERY_CALL)

/** Makes every call at once; answers each one's error by its name. */
async function errorsOfAll(proxmox: Proxmox): Promise<Record<string, ProxmoxError>> {
  const target = () =>
    callTarget({
      ...{ node: 'pve1', other: 'pve2', patienceMs: 50 },
      certificate: { chainPem: 'x', keyPem: 'x' },
    })
  const errors = ROWS.map(async ([name, row]) => {
    return [name, await errorOf(row.run(proxmox, target()))] as const
  })
  return Object.fromEntries(await Promise.all(errors))
}

/** The same for every name. */
const all = <T>(value: T): Record<string, T> =>
  Object.fromEntries(ROWS.map(([name]) => [name, value]))
const each = <T>(errors: Record<string, ProxmoxError>, of: (error: ProxmoxError) => T) =>
  Object.fromEntries(Object.entries(errors).map(([name, error]) => [name, of(error)]))

/** A TLS server that says the same to everybody, or nothing at all, and keeps what it was asked. */
async function saying(answer: string | null) {
  const asked: string[] = []
  const sockets = new Set<Socket>()
  const { key, certificate: cert, fingerprint } = await selfSigned()
  const server = createTlsServer({ key, cert }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => {
      // A request's body may come in a piece of its own.
      const line = /^(GET|POST|PUT|DELETE) \S+/.exec(chunk.toString('latin1'))?.[0]
      if (line === undefined) return
      asked.push(line)
      if (answer !== null) socket.write(answer)
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const proxmox = connectProxmox({
    ...{ url: `https://127.0.0.1:${port}`, fingerprint, auth: token },
    limits: { connectMs: 15_000, answerMs: answer === null ? 40 : 15_000, connections: 64 },
  })
  after(() => proxmox.close())
  return { asked, proxmox }
}

const http = (body: string, status = '200 OK') =>
  `HTTP/1.1 ${status}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
const changes = (asked: readonly string[]) =>
  asked.filter((line) => !line.startsWith('GET ')).toSorted()

test('a Proxmox that never answers: one clear error for every call, and no change sent twice', async () => {
  const silent = await saying(null)
  const errors = await errorsOfAll(silent.proxmox)
  expect(each(errors, ({ code }) => code)).toEqual(all('proxmox.unreachable'))
  expect(each(errors, ({ transient }) => transient)).toEqual(all(true))
  const refusing = await saying(http('', '401 No ticket'))
  await errorsOfAll(refusing.proxmox)
  expect(changes(silent.asked)).toEqual(changes(refusing.asked))
})

test.each([
  ['half of JSON', '{"data":[{"vmid":1'],
  ['a page of another program', '<!doctype html><title>Router</title>'],
  ['nothing', ''],
])('a Proxmox that answers %s: every call says that it is not understood', async (_name, body) => {
  const { proxmox } = await saying(http(body))
  const errors = await errorsOfAll(proxmox)
  expect(each(errors, ({ code }) => code)).toEqual(all('proxmox.unexpected-answer'))
})

test.each([
  ["500 can't lock file '/var/lock/qemu-server/lock-1.conf' - got timeout", 'proxmox.locked', true],
  ['403 Permission check failed (/, Sys.Modify)', 'proxmox.permission', false],
  ['401 Authentication failed!', 'proxmox.auth', false],
  ['500 cluster not ready - no quorum?', 'proxmox.no-quorum', true],
  ['595 Connection refused', 'proxmox.unreachable', true],
])(
  'a Proxmox that answers "%s": every call has the same error',
  async (status, code, transient) => {
    const { proxmox } = await saying(http('', status))
    const errors = await errorsOfAll(proxmox)
    expect(each(errors, (error) => error.code)).toEqual(all(code))
    expect(each(errors, (error) => error.transient)).toEqual(all(transient))
    expect(each(errors, (error) => error.lockTimeout)).toEqual(all(code === 'proxmox.locked'))
  },
)

test('a port where nobody listens: every call is unreachable, and nothing was sent', async () => {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  server.close()
  const proxmox = connectProxmox({
    ...{ url: `https://127.0.0.1:${port}`, fingerprint: 'AA', auth: token },
  })
  after(() => proxmox.close())
  const errors = await errorsOfAll(proxmox)
  expect(each(errors, ({ code }) => code)).toEqual(all('proxmox.unreachable'))
  expect(each(errors, ({ mayHaveHappened }) => mayHaveHappened)).toEqual(all(false))
})
