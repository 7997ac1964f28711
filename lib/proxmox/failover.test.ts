import { expect, test } from 'vitest'
import { connectProxmox } from './client'
import type { StubAnswer, StubRequest } from './testing/pve-stub'
import { startPveStub } from './testing/pve-stub'
import { after, errorOf, token } from './testing/stubbed'
import { neverSent } from './transport'

const version = { body: { data: { version: '9.0.3', release: '9.0' } } }

/** Two nodes of a cluster, each with a certificate of its own. */
async function cluster(
  first: (request: StubRequest) => StubAnswer | null,
  second: (request: StubRequest) => StubAnswer | null,
) {
  const [a, b] = [await startPveStub(first), await startPveStub(second)]
  const proxmox = connectProxmox({
    ...{ url: a.url, fingerprint: a.fingerprint, auth: token },
    others: [{ url: b.url, fingerprint: b.fingerprint }],
    limits: { connectMs: 1_000, answerMs: 300 },
  })
  for (const end of [a, b, proxmox]) after(() => end.close())
  return { a, b, proxmox }
}

test('a node that is down is passed over, for changes too, and the next call asks the good one first', async () => {
  const { a, b, proxmox } = await cluster(
    () => null,
    ({ method }) => (method === 'GET' ? version : { body: { data: null } }),
  )
  await a.close()
  expect((await proxmox.version()).major).toBe(9)
  await proxmox.pools.create('k8s')
  expect(b.requests.map(({ method }) => method)).toEqual(['GET', 'POST'])
  const door = await proxmox.consoles.openSerial('pve1', 1).catch((error: unknown) => error)
  expect(door).toMatchObject({ code: 'proxmox.unexpected-answer' })
})

test('a change that may have happened is asked of nobody else', async () => {
  const { a, b, proxmox } = await cluster(
    () => null,
    () => ({ body: { data: null } }),
  )
  const error = await errorOf(proxmox.pools.create('k8s'))
  expect([error.code, error.mayHaveHappened]).toEqual(['proxmox.unreachable', true])
  expect([a.requests.length, b.requests.length]).toEqual([1, 0])
})

test('a read whose node hangs is asked of the next one', async () => {
  const hung = { status: 596, reason: 'Connection timed out' }
  const { a, b, proxmox } = await cluster(
    () => hung,
    () => ({ body: { data: [] } }),
  )
  expect(await proxmox.pools.list()).toEqual([])
  expect([a.requests.length, b.requests.length]).toEqual([1, 1])
})

test('a 596 leaves open whether a change was done, a 595 does not', async () => {
  const answers = [
    { status: 596, reason: 'Connection timed out' },
    { status: 595, reason: 'Connection refused' },
  ]
  const { b, proxmox } = await cluster(
    () => answers.shift() ?? version,
    () => ({ body: { data: null } }),
  )
  expect((await errorOf(proxmox.pools.create('a'))).mayHaveHappened).toBe(true)
  expect(b.requests).toHaveLength(0)
  await proxmox.pools.create('b')
  expect(b.requests).toHaveLength(1)
})

test('a node that another one cannot reach is not asked for through a third', async () => {
  const { b, proxmox } = await cluster(
    () => ({ status: 595, reason: 'No route to host' }),
    () => version,
  )
  expect((await errorOf(proxmox.nodeStatus('pve3'))).code).toBe('proxmox.unreachable')
  expect(b.requests).toHaveLength(0)
})

test.each([
  [401, 'Authentication failed!', 'proxmox.auth'],
  [403, 'Permission check failed', 'proxmox.permission'],
  [500, 'something new', 'proxmox.failed'],
])('a refusal (%i) is an answer, not a reason to ask another', async (status, reason, code) => {
  const { b, proxmox } = await cluster(
    () => ({ status, reason }),
    () => version,
  )
  expect((await errorOf(proxmox.version())).code).toBe(code)
  expect(b.requests).toHaveLength(0)
})

test('another certificate stops everything, whoever else would answer', async () => {
  const [a, b] = [await startPveStub(() => version), await startPveStub(() => version)]
  const proxmox = connectProxmox({
    ...{ url: a.url, fingerprint: b.fingerprint, auth: token },
    others: [{ url: b.url, fingerprint: b.fingerprint }],
  })
  for (const end of [a, b, proxmox]) after(() => end.close())
  await expect(proxmox.version()).rejects.toMatchObject({ code: 'identity.changed' })
  expect(b.requests).toHaveLength(0)
})

test.each([
  ['refused', { code: 'ECONNREFUSED', syscall: 'connect' }, true],
  ['an unknown name', { code: 'ENOTFOUND', syscall: 'getaddrinfo' }, true],
  ['a connect that timed out', { code: 'ETIMEDOUT', syscall: 'connect' }, true],
  ['no route to connect by', { code: 'EHOSTUNREACH', syscall: 'connect' }, true],
  ['a peer lost later', { code: 'ETIMEDOUT', syscall: 'read' }, false],
  ['a route lost later', { code: 'EHOSTUNREACH', syscall: 'write' }, false],
  ['a reset', { code: 'ECONNRESET', syscall: 'read' }, false],
  ['no answer in time', { code: 'UND_ERR_HEADERS_TIMEOUT' }, false],
])('%s: whether something was sent', (_name, parts, never) => {
  const error = Object.assign(new Error('x'), parts)
  expect(neverSent(error)).toBe(never)
  expect(neverSent(new AggregateError([error, error]))).toBe(never)
})
