import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { connect as tcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { Secret } from '@/lib/base/secret'
import type { FaultWish } from '@/lib/lab/parse-fault'
import { beginFault, endFaults } from '@/lib/lab/switch-fault'
import { connectProxmox } from '@/lib/proxmox/client'
import type { Proxmox } from '@/lib/proxmox/proxmox'
import { labAnswers } from '@/workers/provisioner/answer-lab'
import { type RunningLab, startLab } from './start-lab'

let dataDir: string
let lab: RunningLab
let pve: Proxmox

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'drawbridge-broken-'))
  lab = await startLab({ dataDir, port: 0, speed: 1000 })
  const { url, fingerprint, tokenId, tokenSecret } = lab.connection
  const auth = { kind: 'token', id: tokenId, secret: new Secret(tokenSecret) } as const
  pve = connectProxmox({ url, fingerprint, auth, limits: { connectMs: 300, answerMs: 300 } })
})
afterEach(() => lab.engine.change(endFaults))
afterAll(async () => {
  await pve.close()
  await lab.close()
  rmSync(dataDir, { recursive: true })
})

const begin = (wish: FaultWish) => lab.engine.change((state) => beginFault(state, wish))
const answers = () => labAnswers(dataDir)
const view = async () => (await answers()['lab.view']?.({}))?.lab ?? null

test.each([
  [{ kind: 'calls-hang' }, /UND_ERR|Timeout/],
  [{ kind: 'calls-reset' }, /ECONNRESET|other side closed/],
  [{ kind: 'locked-out' }, /Timeout/],
  [{ kind: 'power-cut' }, /Timeout/],
] as const)('%o keeps the panel out, and nobody from mending it', async (wish, text) => {
  await pve.version()
  begin(wish)
  const error = await pve.version().catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'proxmox.unreachable' })
  expect(String((error as { cause?: unknown }).cause) + JSON.stringify(error)).toMatch(text)
  expect(await view()).toMatchObject({ faults: [{ kind: wish.kind }] })
  await answers()['lab.mend']?.({ id: null })
  expect(await pve.version()).toMatchObject({ major: 9 })
})

test('a change whose answer hangs is carried out or not, as asked', async () => {
  const tags = () => lab.engine.state.vms[101]?.config.tags
  for (const [done, tag] of [
    [undefined, 'undone'],
    [true, 'done'],
  ] as const) {
    begin({ kind: 'calls-hang', method: 'PUT', times: 1, ...(done ? { done } : {}) })
    const error = await pve.setTags('pve1', 101, [tag]).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'proxmox.unreachable', mayHaveHappened: true })
    expect(tags()).toBe(done ? 'done' : undefined)
  }
})

test('the driver sees that a VM on a full pool is frozen, which says that it runs', async () => {
  expect(await pve.findVm('pve1', 101)).not.toHaveProperty('ioError')
  begin({ kind: 'pool-full', storage: 'local-lvm', what: 'data' })
  expect(await pve.findVm('pve1', 101)).toMatchObject({ running: true, ioError: true })
  lab.engine.change(endFaults)
  expect(await pve.findVm('pve1', 101)).toMatchObject({ ioError: true })
  await pve.waitForTask(await pve.resumeVm('pve1', 101), { signal: AbortSignal.timeout(20_000) })
  expect(await pve.findVm('pve1', 101)).not.toHaveProperty('ioError')
})

test('what the lab does not know is told with the reason', async () => {
  const broken = answers()['lab.break']?.({ fault: { kind: 'host-down', node: 'pve1', how: 'no' } })
  await expect(broken).rejects.toMatchObject({ code: 'lab.fault-invalid' })
  const made = await answers()['lab.break']?.({ fault: { kind: 'no-quorum' } })
  expect(made).toEqual({ kind: 'no-quorum', id: expect.stringMatching(/^fault-/) })
  expect(await view()).toMatchObject({ quorate: false, faults: [made] })
})

test('the way to its own paths takes the key, and no web page', async () => {
  const { control } = lab.connection
  expect((await fetch(`${control.url}/lab/view`)).status).toBe(401)
  const authorization = `Bearer ${control.key}`
  const asked = (headers: Record<string, string>) =>
    fetch(`${control.url}/lab/view`, { headers: { authorization, ...headers } })
  expect((await asked({})).status).toBe(200)
  expect((await asked({ origin: 'http://evil.example' })).status).toBe(403)
})

test('a lab made anew as three hosts answers on a port each, with the same token', async () => {
  await answers()['lab.reset']?.({ hosts: 3, release: '8.4' })
  expect(await view()).toMatchObject({
    ...{ release: '8.4', quorate: true, storages: ['local', 'local-lvm', 'nas'] },
    hosts: ['pve1', 'pve2', 'pve3'].map((node) => ({ node, up: true })),
  })
  expect(await pve.version()).toMatchObject({ major: 8 })
  expect(await pve.nodes()).toHaveLength(3)
  await answers()['lab.reset']?.({ hosts: 1, release: '9' })
  expect(await pve.nodes()).toHaveLength(1)
})

test('where no lab runs there is none, and breaking it says so', async () => {
  const nowhere = labAnswers(join(dataDir, 'nowhere'))
  expect(await nowhere['lab.view']?.({})).toEqual({ lab: null, kinds: [] })
  const broken = nowhere['lab.break']?.({ fault: { kind: 'no-quorum' } })
  await expect(broken).rejects.toMatchObject({ code: 'lab.absent' })
})

test('a connection that begins while the host is silent is let go when it speaks', async () => {
  begin({ kind: 'locked-out' })
  const socket = tcp(Number(new URL(lab.connection.url).port), '127.0.0.1')
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.on('error', () => undefined)
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()))
  lab.engine.change(endFaults)
  await closed
})
