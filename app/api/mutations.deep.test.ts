import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeFindCaller } from '@/lib/auth/find-caller'
import { type TempPanel, tempPanel } from '@/lib/auth/testing/temp-panel'
import { checkAudit } from '@/lib/db/audit-check'
import type { Db } from '@/lib/db/client'
import { fullCheck } from '@/lib/db/integrity'
import { toRows } from '@/lib/db/rows'
import { DARK_KNIGHT } from '@/lib/topology/blueprints/dark-knight'
import type { ChangeSet, Json } from '@/lib/topology/change'
import { diff } from '@/lib/topology/diff'
import { atPath, isMap } from '@/lib/topology/json'
import { parseTopology } from '@/lib/topology/parse'
import type { Topology } from '@/lib/topology/topology'
import { deepRun } from '@/scripts/test/deep-run'
import * as layoutRoute from './t/[t]/layout/route'
import * as restoreRoute from './t/[t]/restore/route'
import * as revisionsRoute from './t/[t]/revisions/route'
import { call } from './testing/every-route'
import { type Act, mutate, steps } from './testing/mutations'
import * as topologies from './topologies/route'

/** Two people, called as what they may. */
const PEOPLE = ['admin', 'editor'] as const
/** Requests in a row on one topology; a fresh one then, so that texts stay of a homelab's size. */
const STEPS = 20
/** What a person may be told; 409 is for whoever comes second. */
const REFUSALS = new Set([400, 403, 404, 409])

type Answer = {
  act: Act
  sent: Sent
  status: number
  json: Record<string, unknown>
  /** Whether the revision that was answered is one that this request made. */
  made: boolean
}
/** What was sent, and the texts that it was made from and says; null for other acts than a save. */
type Sent = { body: object; base: string | null; text: string | null }
type Scene = { db: Db; id: string; cookies: string[] }

test('whatever two people do to the blueprint, each revision is whole and no change is lost', async (context) => {
  const { cases, seed } = deepRun(context, { sample: 300, full: 10_000 })
  const at = await tempPanel()
  at.panel.findCaller = makeFindCaller({ ...at.panel, calls: { refuseTooMany: () => {} } })
  const cookies = await Promise.all(PEOPLE.map((role) => at.signedIn(role)))
  const seen = { saved: 0, merged: 0, conflicts: 0, refused: 0 }
  await fc.assert(
    fc.asyncProperty(steps(STEPS), async (acts) => {
      const scene = { db: at.panel.db, id: await blueprintInGit(at, cookies[0] ?? ''), cookies }
      for (const together of acts) await play(scene, together, seen)
      await at.panel.db.topology.delete({ where: { id: scene.id } })
    }),
    { numRuns: Math.ceil(cases / STEPS), seed, endOnFailure: true },
  )
  expect(await checkAudit(at.panel.db, at.panel.now())).toMatchObject({ ok: true })
  const [{ file } = { file: '' }] = await at.panel.db.$queryRaw<{ file: string }[]>`
    SELECT file FROM pragma_database_list WHERE name = 'main'`
  expect(fullCheck(file)).toBeNull()
  // No name of a document became one of every object.
  expect(Object.keys(Object.prototype)).toEqual([])
  expect(({} as { polluted?: true }).polluted).toBeUndefined()
  Object.assign(context.task.meta, seen)
  // Most of it has to be taken, and some of it to meet, to be worth anything.
  expect(seen.saved).toBeGreaterThan(cases / 4)
  expect(seen.merged).toBeGreaterThan(cases / 40)
  expect(seen.conflicts).toBeGreaterThan(0)
})

/** The blueprint as a topology of its own that is kept in Git, so that saves have an outbox. */
async function blueprintInGit({ panel: { db } }: TempPanel, cookie: string): Promise<string> {
  const response = await call(
    { handler: topologies.POST, method: 'POST' },
    { headers: { cookie }, body: JSON.stringify({ from: 'text', text: DARK_KNIGHT }) },
  )
  expect(response.status).toBe(201)
  const { id } = (await response.json()) as { id: string }
  await db.gitLink.create({
    data: {
      ...{ topologyId: id, url: 'https://127.0.0.1/lab.git', branch: 'main', path: 'lab.yaml' },
      ...{ auth: 'token', username: 'git', commitOn: 'message', intervalS: 0, autoApply: false },
      ...{ stateJson: '{}', dueAt: new Date(0), createdAt: new Date(0) },
    },
  })
  return id
}

async function play(scene: Scene, acts: readonly Act[], seen: Record<string, number>) {
  const before = await stored(scene)
  const sents = await Promise.all(acts.map((act) => toSend(scene, act, before.head)))
  const answers = await Promise.all(
    acts.map((act, who) => send(scene, act, sents[who] as Sent, { who, since: before.head })),
  )
  const after = await stored(scene)
  let mostNew = 0
  for (const answer of answers) {
    const { act, status, json } = answer
    if (act.kind === 'layout') {
      expect([200, 400]).toContain(status)
      continue
    }
    if (act.kind === 'create') {
      expect([201, 400], JSON.stringify(json)).toContain(status)
      if (status === 201) await expectMade(scene.db, String(json.id), answer.sent.text ?? '')
      continue
    }
    if (status === 201) {
      mostNew++
      seen.saved = (seen.saved ?? 0) + 1
      if (json.merged) seen.merged = (seen.merged ?? 0) + 1
      await expectStored(scene, answer)
      continue
    }
    expect(REFUSALS, JSON.stringify(json)).toContain(status)
    expect(json.code).toEqual(expect.stringMatching(/^[a-z-]+\.[a-z-]+$/))
    const conflict = json.code === 'revision.conflict'
    const count = conflict ? 'conflicts' : 'refused'
    seen[count] = (seen[count] ?? 0) + 1
    if (conflict) expect(json.conflict).toMatchObject({ head: { number: expect.any(Number) } })
  }
  // What was refused left nothing behind.
  expect(after.head - before.head).toBeLessThanOrEqual(mostNew)
  if (after.head === before.head) expect(after).toEqual(before)
  await expectWhole(scene, before.head, after.head)
}

/** What says that nothing happened. */
async function stored({ db, id }: Scene) {
  const { headRevision, name } = await db.topology.findUniqueOrThrow({ where: { id } })
  const where = { topologyId: id }
  return {
    ...{ head: headRevision, name },
    revisions: await db.revision.count({ where }),
    outbox: await db.gitOutbox.count({ where }),
    audit: await db.auditEntry.count({ where }),
  }
}

async function toSend({ db, id }: Scene, act: Act, head: number): Promise<Sent> {
  if (act.kind === 'layout') {
    const places = Object.fromEntries(act.items.map((item, y) => [item, { x: act.x, y }]))
    return { body: { [act.lens]: places }, base: null, text: null }
  }
  if (act.kind === 'create') {
    const text = mutate(DARK_KNIGHT, act.edits)
    return { body: { from: 'text', text }, base: null, text }
  }
  const parent = head - act.back
  if (act.kind === 'restore') {
    return { body: { revision: act.revision, parent }, base: null, text: null }
  }
  const row = await db.revision.findUnique({
    where: { topologyId_number: { topologyId: id, number: parent } },
  })
  const base = row?.text ?? DARK_KNIGHT
  const text = mutate(base, act.edits)
  return { body: { text, parent, message: act.message }, base, text }
}

async function send(
  { id, cookies }: Scene,
  act: Act,
  sent: Sent,
  { who, since }: { who: number; since: number },
): Promise<Answer> {
  const endpoint = {
    save: { handler: revisionsRoute.POST, method: 'POST' as const },
    restore: { handler: restoreRoute.POST, method: 'POST' as const },
    layout: { handler: layoutRoute.PUT, method: 'PUT' as const },
    create: { handler: topologies.POST, method: 'POST' as const },
  }[act.kind]
  const body = JSON.stringify(sent.body)
  const response = await call(endpoint, {
    params: { t: id },
    headers: { cookie: cookies[who] ?? '' },
    body,
  })
  const json = (await response.json()) as Record<string, unknown>
  expect(response.status, JSON.stringify(json)).toBeLessThan(500)
  const { number = 0, author } = (json.revision ?? {}) as { number?: number; author?: string }
  const made = number > since && author === PEOPLE[who]
  return { act, sent, status: response.status, json, made }
}

/** What was answered is what is stored; everything that was sent is in it, and what others saved. */
async function expectStored({ db, id }: Scene, { sent, json, made }: Answer): Promise<void> {
  const { number } = json.revision as { number: number }
  const numbered = (at: number) =>
    db.revision.findUniqueOrThrow({ where: { topologyId_number: { topologyId: id, number: at } } })
  const row = await numbered(number)
  expect(json.text).toBe(row.text)
  if (sent.base === null || sent.text === null) return
  const [base, result] = [read(sent.base), read(row.text) as unknown as Json]
  const expectIn = (changes: ChangeSet) => {
    for (const { path, to } of changes) expectTaken(path, atPath(result, path), to)
  }
  expectIn(diff(base, read(sent.text)))
  if (json.merged && made) expectIn(diff(base, read((await numbered(number - 1)).text)))
}

/** A topology of its own, whole from its first revision on; it is taken away again. */
async function expectMade(db: Db, id: string, sent: string): Promise<void> {
  const row = await db.revision.findFirstOrThrow({ where: { topologyId: id } })
  const [base, made] = [read(sent), read(row.text)]
  for (const { path, to } of diff(base, made)) {
    expect(['vmid', 'mac', 'address']).toContain(path.at(-1))
    expect(to).toBeDefined()
  }
  await expectRows(db, id, made)
  await db.topology.delete({ where: { id } })
}

/** A map may hold more by now: numbers that were given out, and what the other put into it. */
function expectTaken(path: readonly string[], is: Json | undefined, sent: Json | undefined): void {
  if (isMap(sent)) {
    for (const [key, value] of Object.entries(sent)) {
      expectTaken([...path, key], isMap(is) && Object.hasOwn(is, key) ? is[key] : undefined, value)
    }
    return
  }
  // Removed, and given out anew.
  if (sent === undefined && ['vmid', 'mac', 'address'].includes(path.at(-1) ?? '')) return
  expect(is, path.join('.')).toEqual(sent)
}

function read(text: string): Topology {
  const parsed = parseTopology(text)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults))
  return parsed.topology
}

/** The revisions since then, and the head's rows, its entries in the audit log and the outbox agree. */
async function expectWhole({ db, id }: Scene, since: number, head: number): Promise<void> {
  const where = { topologyId: id }
  const rows = await db.revision.findMany({ where, orderBy: { number: 'asc' } })
  expect(rows.map(({ number }) => number)).toEqual(rows.map((_, i) => i + 1))
  expect(rows.length).toBe(head)
  for (const { number, parent, text, hash } of rows.slice(since)) {
    expect(parent).toBe(number - 1)
    expect(hash).toBe(createHash('sha256').update(text).digest('hex'))
  }
  const outbox = await db.gitOutbox.findMany({ where, orderBy: { revision: 'asc' } })
  expect(outbox.map(({ revision, state }) => [revision, state])).toEqual(
    rows.slice(1).map(({ number, message }) => [number, message.trim() === '' ? 'held' : 'due']),
  )
  const entries = await db.auditEntry.findMany({ where, orderBy: { seq: 'asc' } })
  // A topology of the same name before this one has entries under the same id.
  const told = entries.slice(-head).map(({ afterJson }) => JSON.parse(afterJson ?? '{}').revision)
  expect(told).toEqual(rows.map(({ number }) => number))
  const topology = read(rows.at(-1)?.text ?? '')
  expect((await db.topology.findUniqueOrThrow({ where: { id } })).name).toBe(topology.name)
  await expectRows(db, id, topology)
}

/** Tables of the head, by what {@link toRows} calls them. */
const TABLES = [
  ['hosts', 'host'],
  ['storages', 'storage'],
  ['vlans', 'vlan'],
  ['pools', 'ipPool'],
  ['sizes', 'vmSize'],
  ['templates', 'template'],
  ['vms', 'vm'],
  ['nics', 'nic'],
  ['disks', 'disk'],
  ['clusters', 'cluster'],
  ['members', 'clusterMember'],
  ['addOns', 'addOn'],
] as const

async function expectRows(db: Db, topologyId: string, topology: Topology): Promise<void> {
  const expected = toRows(topologyId, topology)
  for (const [name, table] of TABLES) {
    const find = db[table] as unknown as { findMany(of: object): Promise<object[]> }
    const found = await find.findMany({ where: { topologyId } })
    expect(sorted(found), name).toEqual(sorted(expected[name]))
  }
}

const sorted = (rows: readonly object[]): string[] =>
  rows.map((row) => JSON.stringify(Object.entries(row).toSorted())).toSorted()
