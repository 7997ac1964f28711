import { describe, expect, test } from 'vitest'
import type { AuditQuery } from '@/lib/api/contract-audit'
import type { Plan } from '@/lib/plan/plan'
import { type Actor, type AuditNote, appendAudit } from './audit'
import { csvCell, exportAudit } from './audit-export'
import { auditSql, listAudit, readAuditState } from './audit-list'
import { sentenceText } from './audit-words'
import type { Db } from './client'
import { claimNext, finishJob } from './job-claims'
import { enqueueJob } from './jobs'
import { saveRevision } from './revisions'
import { SMALL, withVm } from './testing/document'
import { fillAudit } from './testing/fill-audit'
import { tempDb } from './testing/temp-db'
import { createTopology } from './topologies'
import { transact } from './transact'
import { atTheBox } from './who'

const ADA: Actor = { id: 'u1', name: 'ada', via: 'browser', from: '192.0.2.7' }
const BOB: Actor = { id: 'u2', name: 'bob', via: 'token', from: '192.0.2.9' }

const append = (db: Db, note: AuditNote, actor = ADA, now = 1_700_000_000_000) =>
  transact(db, (tx) => appendAudit(tx, actor, note, now))

const sentences = async (db: Db, filter: AuditQuery = {}) =>
  (await listAudit(db, filter, { withFrom: true })).rows.map(({ sentence }) =>
    sentenceText(sentence),
  )

describe('an entry in words', () => {
  test.each<[string, AuditNote, string]>([
    [
      'names the object as it was called',
      {
        ...{ action: 'connection.change', object: { kind: 'connection', id: 'c-1' } },
        ...{ before: { name: 'Old', url: 'a' }, after: { name: 'New', url: 'a' } },
      },
      'ada changed the connection New: name',
    ],
    [
      'by its id where it has no name',
      { action: 'secret.reveal', object: { kind: 'secret', id: 't/x/key' } },
      'ada revealed the secret t/x/key',
    ],
    [
      'says what was refused, and why',
      {
        ...{ action: 'access.refused', outcome: 'refused', after: { code: 'access.denied' } },
        object: { kind: 'route', id: 'POST /api/people' },
      },
      'ada tried to ask for POST /api/people, and was refused: access.denied',
    ],
    [
      'ends with the reason that was typed',
      {
        ...{ action: 'job.skip', object: { kind: 'job', id: 'j1' }, note: 'The disk is new.' },
        after: { title: 'Deploy Lab r2' },
      },
      'ada skipped the failed steps of Deploy Lab r2 (The disk is new)',
    ],
    [
      'lists the fields of what is new only by its name',
      {
        ...{ action: 'connection.create', object: { kind: 'connection', id: 'c-1' } },
        after: { name: 'pve', url: 'a' },
      },
      'ada made the connection pve',
    ],
  ])('%s', async (_, note, expected) => {
    const { db } = await tempDb()
    await append(db, note)
    expect(await sentences(db)).toEqual([expected])
  })

  test('of a newer build is shown as it is', async () => {
    const { db } = await tempDb()
    await fillAudit(db, 1, () => ({ action: 'moon.land', objectKind: 'moon', objectId: 'm' }))
    expect(await sentences(db)).toEqual(['ada: moon.land moon m'])
  })
})

test('an object’s page has its part in words, and links to what else an entry names', async () => {
  const { db } = await tempDb()
  const { id } = await createTopology(db, { text: SMALL, actor: ADA, message: 'Import', now: 1 })
  const first = await db.revision.findFirstOrThrow({ where: { topologyId: id } })
  const bigger = first.text.replace('size: small\n', 'size: small\n    memoryMib: 8192\n')
  const save = { topologyId: id, message: '', now: 2 }
  await saveRevision(db, { ...save, actor: BOB, text: withVm(bigger, 'mail'), parent: 1 })
  const head = await db.revision.findFirstOrThrow({ where: { topologyId: id, number: 2 } })
  const smaller = head.text.replace('memoryMib: 8192', 'memoryMib: 4096')
  await saveRevision(db, { ...save, actor: ADA, text: smaller, parent: 2 })

  expect(await sentences(db, { topology: id, object: 'vms/web' })).toEqual([
    'ada changed memory 8 GiB → 4 GiB (revision 3)',
    'bob changed memory none → 8 GiB (revision 2)',
    'ada made the topology Small lab: Import',
  ])
  expect(await sentences(db, { topology: id, object: 'vms/mail' })).toEqual([
    'bob added it (revision 2)',
  ])
  expect(await sentences(db, { topology: 'other', object: 'vms/web' })).toEqual([])
  expect(await sentences(db, { topology: id, group: 'topology', limit: 1 })).toEqual([
    'ada changed Small lab: memory of web 8 GiB → 4 GiB (revision 3)',
  ])
  const [row] = (await listAudit(db, { object: `topology/${id}` }, { withFrom: false })).rows
  expect(row?.sentence).toContainEqual({ text: 'Small lab', href: '/t/small-lab/plan/history' })
  expect(row?.actor).toMatchObject({ id: 'u1', name: 'ada', from: null })
})

test('two saves of the same text make one entry', async () => {
  const { db } = await tempDb()
  const { id } = await createTopology(db, { text: SMALL, actor: ADA, message: '', now: 1 })
  const { text } = await db.revision.findFirstOrThrow({ where: { topologyId: id } })
  await saveRevision(db, { topologyId: id, message: '', now: 2, actor: ADA, text, parent: 1 })
  expect(await db.auditEntry.count()).toBe(1)
})

async function manyKinds(db: Db): Promise<void> {
  await append(db, { action: 'panel.backup', object: { kind: 'backup', id: 'b1' } }, ADA, 100)
  const job = { kind: 'job', id: 'j1' }
  await append(db, { action: 'job.start', object: job, topologyId: 'lab' }, BOB, 200)
  await append(db, { action: 'job.cancel', object: job, topologyId: 'lab' }, ADA, 300)
  const refused = { outcome: 'refused', object: { kind: 'connection', id: '100%' } } as const
  await append(db, { action: 'connection.change', ...refused }, atTheBox('root'), 400)
}

test.each<[string, AuditQuery, number[]]>([
  ['nothing', {}, [4, 3, 2, 1]],
  ['who', { who: 'ada' }, [3, 1]],
  ['a group', { group: 'job' }, [3, 2]],
  ['an object', { object: 'job/j1' }, [3, 2]],
  ['a topology', { topology: 'lab' }, [3, 2]],
  ['an outcome', { outcome: 'refused' }, [4]],
  ['a time', { from: 200, to: 300 }, [3, 2]],
  ['a text', { q: 'BACK' }, [1]],
  ['a text with a sign of LIKE', { q: '0%' }, [4]],
  ['a text with another', { q: '_' }, []],
  ['an address', { q: '192.0.2.9' }, [2]],
  ['all at once', { who: 'ada', group: 'job', topology: 'lab', q: 'j1', from: 1 }, [3]],
])('filters by %s', async (_, filter, expected) => {
  const { db } = await tempDb()
  await manyKinds(db)
  const { rows } = await listAudit(db, filter, { withFrom: true })
  expect(rows.map(({ seq }) => seq)).toEqual(expected)
})

test('pages follow each other without gaps, also through a long stretch where nothing fits', async () => {
  const { db } = await tempDb()
  await fillAudit(db, 12_000, (seq) => ({ note: seq % 4000 === 1 ? 'needle' : '' }))
  const first = await listAudit(db, { q: 'needle', limit: 2 }, { withFrom: true })
  expect(first.rows.map(({ seq }) => seq)).toEqual([8001, 4001])
  const second = await listAudit(
    db,
    { q: 'needle', limit: 2, before: first.next ?? 0 },
    { withFrom: true },
  )
  expect(second).toMatchObject({ rows: [{ seq: 1 }], next: null })
  const all = await listAudit(db, { limit: 3, before: 4 }, { withFrom: true })
  expect(all).toMatchObject({ rows: [{ seq: 3 }, { seq: 2 }, { seq: 1 }], next: null })
})

test.each<[string, AuditQuery, RegExp]>([
  ['all', {}, /SEARCH e USING INTEGER PRIMARY KEY/],
  ['of a person', { who: 'ada' }, /USING INDEX AuditEntry_actorName_seq_idx/],
  ['of a topology', { topology: 'lab' }, /USING INDEX AuditEntry_topologyId_seq_idx/],
  ['of a job', { object: 'job/j1' }, /USING INDEX AuditEntry_objectKind_objectId_seq_idx/],
  [
    'of a VM',
    { object: 'vms/web', topology: 'lab' },
    /SEARCH t USING PRIMARY KEY .*\n.*SEARCH e USING INTEGER PRIMARY KEY/,
  ],
])('the page %s is found by an index and sorted by it', async (_, filter, expected) => {
  const { db } = await tempDb()
  const { sql, values } = auditSql(filter, { before: 100, from: 1, limit: 50 })
  const rows = await db.$queryRawUnsafe<{ detail: string }[]>(
    `EXPLAIN QUERY PLAN ${sql}`,
    ...values,
  )
  const plan = rows.map(({ detail }) => detail).join('\n')
  expect(plan).toMatch(expected)
  expect(plan).not.toMatch(/TEMP B-TREE|SCAN/)
})

test('the state of the log names everybody once, its head and what can be filtered by', async () => {
  const { db } = await tempDb()
  await manyKinds(db)
  const { head, ...state } = await readAuditState(db)
  expect(state).toMatchObject({ entries: 4, check: null, people: ['ada', 'bob', 'root'] })
  expect(state.groups).toContain('job')
  expect(head).toMatchObject({ seq: 4, hash: expect.stringMatching(/^[0-9a-f]{64}$/) })
  const empty = await tempDb()
  expect(await readAuditState(empty.db)).toMatchObject({ entries: 0, head: null, people: [] })
})

test('the export has every entry with its hash, the head first', async () => {
  const { db } = await tempDb()
  await fillAudit(db, 2500)
  let text = ''
  for await (const piece of exportAudit(db, {}, 'jsonl')) text += piece
  const [first, ...lines] = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(first).toEqual({ head: { seq: 2500, hash: lines[0].hash } })
  expect(lines.map(({ seq }) => seq)).toEqual(Array.from({ length: 2500 }, (_, i) => 2500 - i))
  expect(lines[0]).toMatchObject({
    ...{ actorName: 'ada', before: { name: 'Old' }, after: { name: 'New' } },
    ...{ time: '2023-11-14T22:13:22.500Z', sentence: 'ada changed the connection New: name' },
  })
})

test('CSV has one line an entry, and nothing in it is taken for a formula', async () => {
  const { db } = await tempDb()
  const evil = '=HYPERLINK("http://x","y")'
  await append(db, { action: 'job.skip', object: { kind: 'job', id: '@j' }, note: evil })
  let text = ''
  for await (const piece of exportAudit(db, {}, 'csv')) text += piece
  const [head, line, end] = text.split('\r\n')
  expect(head?.split(',').slice(0, 3)).toEqual(['seq', 'time', 'who'])
  expect(line).toContain(`"'=HYPERLINK(""http://x"",""y"")"`)
  expect(line).toContain(`"'@j"`)
  expect(end).toBe('')
})

test.each([
  ['plain', 'plain'],
  ['-1', `"'-1"`],
  ['+1', `"'+1"`],
  [' =1', `"' =1"`],
  ['\t=1', `"'\t=1"`],
  ['a,b', '"a,b"'],
  ['a\nb', '"a\nb"'],
  ['', ''],
])('the cell %j is written %j', (text, expected) => {
  expect(csvCell(text)).toBe(expected)
})

test('the end of a job is told by the provisioner, on the pages of its objects too; a look is not', async () => {
  const { db } = await tempDb()
  const steps = [{ kind: 'vm.start', object: ['vms', 'web'] }]
  const plan = { steps, hash: 'h', revision: 3, goal: { kind: 'deploy' } } as unknown as Plan
  const look = { kind: 'refresh', title: 'Look at Lab', by: 'ada', topologyId: 'lab' } as const
  const jobs = [{ ...look, kind: 'deploy' as const, title: 'Deploy Lab r3', plan }, look]
  for (const job of jobs) {
    const id = await enqueueJob(db, job, 1)
    const claim = await claimNext(db, { worker: 'w', leaseMs: 1000, now: 2 })
    const lease = { jobId: id, epoch: claim?.epoch ?? 0 }
    const error = { code: 'vm.gone', message: 'It is gone.' }
    await finishJob(db, lease, { outcome: 'failed', error, now: 3 })
  }
  const { rows } = await listAudit(db, { topology: 'lab', object: 'vms/web' }, { withFrom: false })
  expect(rows.map(({ sentence }) => sentenceText(sentence))).toEqual([
    'the provisioner ended Deploy Lab r3: failed',
  ])
  expect(rows[0]).toMatchObject({
    ...{ actor: { id: null, via: 'provisioner' }, object: { kind: 'job' } },
    after: { planHash: 'h', revision: 3, steps: 1, outcome: 'failed', code: 'vm.gone' },
  })
  expect(await db.auditEntry.count()).toBe(1)
})
