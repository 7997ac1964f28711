import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { inflateSync } from 'node:zlib'
import Database from 'libsql'
import { Client } from 'ssh2'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import * as audit from '@/app/api/audit/route'
import * as connections from '@/app/api/connections/route'
import * as jobLog from '@/app/api/jobs/[id]/log/route'
import * as job from '@/app/api/jobs/[id]/route'
import * as jobs from '@/app/api/jobs/route'
import * as secrets from '@/app/api/secrets/route'
import * as status from '@/app/api/status/route'
import * as observed from '@/app/api/t/[t]/observed/route'
import * as planRoute from '@/app/api/t/[t]/plan/route'
import * as revisions from '@/app/api/t/[t]/revisions/route'
import * as head from '@/app/api/t/[t]/route'
import * as documentSecrets from '@/app/api/t/[t]/secrets/route'
import { openPanel } from '@/lib/auth/open-panel'
import { offerPanel, type Panel } from '@/lib/auth/panel'
import { hashPassword } from '@/lib/auth/password'
import { cookieHeader } from '@/lib/auth/session'
import { startSession } from '@/lib/auth/start-session'
import { ask } from '@/lib/auth/testing/temp-panel'
import { createAccount } from '@/lib/db/accounts'
import { retryJob } from '@/lib/db/jobs'
import { readRecipient } from '@/lib/db/secret-keys'
import { readIdentity } from '@/lib/db/secret-open'
import { setDocumentSecret } from '@/lib/db/secret-write'
import { atTheBox } from '@/lib/db/who'
import type { Fault } from '@/lib/lab/faults'
import { connectionTokenName } from '@/lib/plan/secret-names'
import { secretAnswers } from './answer-secrets'
import { Provisioner } from './provisioner'
import { CLUSTER_OF_TWO } from './testing/cluster-of-two'
import { addTopology, enqueue, mustPlan, startHomelab, waitForEnd } from './testing/homelab'

/**
 * A secret of its own is planted at every writer of a deploy, and what the deploy leaves or tells is
 * searched for each, in every form in which tools write it.
 */
const LONG = 280_000
const plant = (where: string) => `plant-${where}-${randomBytes(9).toString('hex')}`
const PLANTED = {
  'helm values': plant('values'),
  'a Secret of an add-on': plant('manifest'),
}
/** By pattern alone: no process was ever told that these are secret. */
const SHAPED = {
  'a failing command’s output': plant('output'),
  'a pod’s message': plant('pod'),
}

type Homelab = Awaited<ReturnType<typeof startHomelab>>
let home: Homelab
let topologyId: string
let jobId: string
let panel: Panel
let cookie: string
/** Every text that left the provisioner or the web process, by the way it went. */
const out: [where: string, text: string][] = []
/** What children of this process could be seen to run with. */
const seen = new Set<string>()
const commands = vi.spyOn(Client.prototype, 'exec')
/** Tokens and keys that the lab's cluster made: they live for minutes. */
const made = new Map<string, string>()

beforeAll(async () => {
  home = await startHomelab({ speed: 1000, run: false })
  home.shop.tell = (event, message) => void out.push([`socket ${event}`, JSON.stringify(message)])
  home.lab.engine.onChange(noteMade)
  topologyId = await addTopology(home, CLUSTER_OF_TWO)
  const recipient = await readRecipient(home.dataDir)
  const writer = { actor: atTheBox('test'), recipient, now: 1 }
  const set = (secret: string, value: string) =>
    setDocumentSecret(home.db, { topologyId, secret, value }, writer)
  await set('planted-value', PLANTED['helm values'])
  await set('velero-repository-password', PLANTED['a Secret of an add-on'])
  await openWeb()
}, LONG)
afterAll(async () => {
  panel.logs.close()
  await panel.db.$disconnect()
  await home.close()
})

function noteMade() {
  for (const kube of Object.values(home.lab.engine.state.kubernetes?.clusters ?? {})) {
    for (const { token } of kube.tokens) made.set(`join token ${made.size}`, token)
    if (kube.certificateKey) made.set('certificate key', kube.certificateKey.key)
    made.set('key of the authority', middleLine(kube.ca.caKey))
    made.set('key of the administrator', middleLine(kube.ca.adminKey))
  }
}

/** Of a private key a line from its middle: its first ones are the same in every key. */
const middleLine = (text: string): string =>
  text.split('\n').toSorted((a, b) => b.length - a.length)[1] ?? text

async function openWeb() {
  const log = (line: string) => void out.push(['stdout of the panel', line])
  const opened = await openPanel({ dataDir: home.dataDir, version: '0', publicUrl: null, log })
  panel = {
    ...opened,
    live: { tell: () => {}, endSession: () => {}, close: () => {} },
    wake: () => {},
    ask: async () => {
      throw new Error('nobody is asked in this test')
    },
  } as unknown as Panel
  offerPanel(panel)
  const account = { name: 'ada', passwordHash: await hashPassword('a-long-password-4711'), now: 1 }
  const userId = await createAccount(panel.db, { ...account, role: 'admin' })
  const start = { userId, kind: 'browser', method: 'password', confirmed: true } as const
  cookie = cookieHeader(await startSession(panel, new Headers(), start))
}

/** Arguments and environment of this process's children, as everybody on the machine sees them. */
function lookAtChildren() {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
      if (Number(parent) !== process.pid) continue
      for (const file of ['cmdline', 'environ'])
        seen.add(readFileSync(`/proc/${pid}/${file}`, 'utf8'))
    } catch (error) {
      // It ended while it was looked at.
      if (!(error instanceof Error && 'code' in error)) throw error
    }
  }
}

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never
const provoke = (...faults: WithoutId<Fault>[]) =>
  home.lab.engine.change(({ state }) => {
    state.faults = faults.map((fault, index) => ({ ...fault, id: `f${index}` }) as Fault)
  })

test('a deploy that fails twice with secrets in its mouth, and then succeeds', {
  timeout: LONG,
}, async () => {
  const loud = [
    `error: the token ${PLANTED['helm values']} is not known`,
    `password: ${SHAPED['a failing command’s output']}`,
    `{"token":"${SHAPED['a failing command’s output']}"}`,
    '-----BEGIN RSA PRIVATE KEY-----',
    Buffer.from(SHAPED['a failing command’s output'].repeat(2)).toString('base64'),
    '-----END RSA PRIVATE KEY-----',
  ].join('\n')
  const pod = `401 for https://ci:${SHAPED['a pod’s message']}@reg.lan, ${PLANTED['a Secret of an add-on']}`
  provoke(
    { kind: 'command-fails', command: 'kubeadm join', message: loud, times: 20 },
    { kind: 'pod-stuck', pod: 'velero', message: pod },
  )
  const plan = await mustPlan(home, topologyId, { kind: 'deploy' })
  const log = (line: string) => void out.push(['stdout of the provisioner', line])
  const provisioner = new Provisioner(home.shop, `test-${process.pid}-x`, log)
  const looking = setInterval(lookAtChildren, 20)
  try {
    jobId = await enqueue(home, topologyId, plan)
    provisioner.start()
    const failed = await waitForEnd(home, jobId)
    expect(failed.status).toBe('failed')
    expect(failed.error?.message).toContain('[secret]')
    await readAll('after the join')

    provoke({ kind: 'pod-stuck', pod: 'velero', message: pod })
    await retryJob(home.db, jobId, atTheBox('test'), Date.now())
    provisioner.wake()
    const stuck = await waitForEnd(home, jobId)
    expect(stuck.error?.message).toMatch(/velero.*\[secret\]/)
    await readAll('after the add-on')

    provoke()
    await retryJob(home.db, jobId, atTheBox('test'), Date.now())
    provisioner.wake()
    const state = await waitForEnd(home, jobId)
    expect(state.status, JSON.stringify(state.error)).toBe('succeeded')
    await readAll('at the end')
  } finally {
    clearInterval(looking)
    await provisioner.stop()
  }
})

type Get = Parameters<typeof ask>[0]
/** Every answer that a browser gets about it, by an admin, who is told most. */
async function readAll(when: string) {
  const gets: [string, Get, Record<string, string>, string?][] = [
    ['secrets', secrets.GET, {}],
    ['connections', connections.GET, {}],
    ['status', status.GET, {}],
    ['audit', audit.GET, {}],
    ['jobs', jobs.GET, {}],
    ['job', job.GET, { id: jobId }],
    ['log', jobLog.GET, { id: jobId }, '/x?limit=5000'],
    ['head', head.GET, { t: topologyId }],
    ['revisions', revisions.GET, { t: topologyId }],
    ['observed', observed.GET, { t: topologyId }],
    ['plan', planRoute.GET, { t: topologyId }],
    ['document secrets', documentSecrets.GET, { t: topologyId }],
  ]
  for (const [name, handler, params, url = '/x'] of gets) {
    const answer = await ask(handler, { path: url, params, cookie })
    expect(answer.status, `${name}: ${JSON.stringify(answer.json)}`).toBe(200)
    out.push([`GET ${name} ${when}`, JSON.stringify(answer.json)])
  }
}

test('none of what was planted is in anything that was kept, told, printed or run', async () => {
  const needles = await everySecret()
  expect(needles.map(([name]) => name).join()).toMatch(/token.*ssh-user-key|ssh-user-key.*token/)
  const texts = [...out, ...kept(), ...[...seen].map((text): [string, string] => ['a child', text])]
  texts.push(['commands over SSH', commands.mock.calls.map(([command]) => command).join('\n')])
  expect(seen.size, 'no child was ever seen').toBeGreaterThan(0)
  expect(texts.map(([, text]) => text).join('')).toContain('[secret]')
  const found = texts.flatMap(([where, text]) =>
    needles.flatMap(([name, value]) =>
      formsOf(value)
        .filter(([, form]) => text.includes(form))
        .map(([form]) => `${name}, ${form}, in ${where}`),
    ),
  )
  expect(found).toEqual([])
})

test('access to the cluster that runs is handed out, stored or read anew; a token is tried', async () => {
  const identity = await readIdentity(home.dataDir)
  const { db, secrets, known, reach, panelId, now } = home.shop
  const answers = secretAnswers({ db, identity, secrets, known, reach, panelId, now })
  const take = (again: boolean, cluster = 'home') =>
    answers['kubeconfig.take']?.({ topologyId, cluster, again })
  const stored = await take(false)
  expect(stored?.yaml).toMatch(/proxy-url: socks5:\/\/127\.0\.0\.1:\d+/)
  expect(await take(true)).toEqual(stored)
  await expect(take(false, 'none')).rejects.toMatchObject({ code: 'kubernetes.no-kubeconfig' })

  const attempt = (tokenSecret: string) =>
    answers['token.try']?.({ connectionId: 'lab', tokenSecret })
  const good = (await secrets.find(connectionTokenName('lab')))?.reveal() ?? ''
  expect((await attempt(good))?.version).toMatch(/^\d+\./)
  await expect(attempt('no-such-token')).rejects.toMatchObject({
    code: expect.stringMatching(/^proxmox\./),
  })
})

test('the scanner finds what is there', () => {
  const value = PLANTED['helm values']
  for (const head of ['', 'a', 'ab'])
    expect(
      formsOf(value).some(([, form]) =>
        Buffer.from(`${head}${value}tail`).toString('base64').includes(form),
      ),
    ).toBe(true)
})

async function everySecret(): Promise<[name: string, value: string][]> {
  const rows = await home.db.sealedSecret.findMany({ select: { name: true } })
  const stored = await Promise.all(
    rows.map(async ({ name }): Promise<[string, string]> => {
      const text = (await home.shop.secrets.find(name))?.reveal() ?? ''
      const key = /client-key-data: (\S+)/.exec(text)?.[1]
      return [name, key ?? middleLine(text)]
    }),
  )
  expect(made.size).toBeGreaterThan(2)
  return [...stored, ...made, ...Object.entries({ ...PLANTED, ...SHAPED })]
}

/** Written anew here: the scanner must not share the masker's own idea of a form. */
function formsOf(value: string): [form: string, text: string][] {
  const base64 = [0, 1, 2].map((shift): [string, string] => {
    const blob = Buffer.concat([Buffer.alloc(shift), Buffer.from(value)]).toString('base64')
    return [`base64 at ${shift}`, blob.slice(4, -4)]
  })
  return [
    ['plain', value],
    ['hexadecimal', Buffer.from(value).toString('hex')],
    ['percent-encoded', encodeURIComponent(value)],
    ...base64,
  ]
}

/** Everything on the disk: each database as bytes, its write-ahead log too, and what it packed. */
function kept(): [where: string, text: string][] {
  const files = readdirSync(home.dataDir).filter((name) => /\.db(-wal|-shm)?$/.test(name))
  expect(files).toEqual(expect.arrayContaining(['panel.db', 'logs.db']))
  const raw = files.map((name): [string, string] => [
    name,
    readFileSync(path.join(home.dataDir, name), 'latin1'),
  ])
  const logs = new Database(path.join(home.dataDir, 'logs.db'))
  const blocks = logs.prepare('SELECT data FROM block').all() as { data: Uint8Array }[]
  logs.close()
  expect(blocks.length).toBeGreaterThan(0)
  const packed = blocks.map(({ data }): [string, string] => [
    'a packed block of the log',
    inflateSync(data).toString(),
  ])
  return [...raw, ...packed]
}
