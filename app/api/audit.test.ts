import { expect, test } from 'vitest'
import type { AuditPageAnswer, AuditRow } from '@/lib/api/contract-audit'
import { ask, ORIGIN, tempPanel } from '@/lib/auth/testing/temp-panel'
import { sentenceText } from '@/lib/db/audit-words'
import { enqueueJob } from '@/lib/db/jobs'
import { SMALL } from '@/lib/db/testing/document'
import * as check from './audit/check/route'
import * as exported from './audit/export/route'
import * as audit from './audit/route'
import * as connection from './connections/[id]/route'
import * as testConnection from './connections/[id]/test/route'
import * as connections from './connections/route'
import * as jobAction from './jobs/[id]/[action]/route'
import * as topologyAudit from './t/[t]/audit/route'
import * as errands from './t/[t]/errands/route'
import * as layout from './t/[t]/layout/route'
import * as restore from './t/[t]/restore/route'
import * as revisions from './t/[t]/revisions/route'
import * as topologies from './topologies/route'

const T = { t: 'small-lab' }
const SECRET = 'b7ad1f0c-4a2e-4b7e-9f0a-1d2c3b4a5968'
const CONNECTION = {
  name: 'pve',
  url: 'https://pve1.lan:8006',
  tokenId: 'drawbridge@pve!panel',
  tokenSecret: SECRET,
}

async function withAdmin() {
  const at = await tempPanel()
  const cookie = await at.signedIn('admin')
  const post = (body: unknown, params: Record<string, string> = {}) => ({
    ...{ method: 'POST', body, params, cookie },
  })
  const list = async (path = '/api/audit') =>
    (await ask(audit.GET, { path, cookie })).json as unknown as AuditPageAnswer
  return { ...at, cookie, post, list }
}

const say = (rows: readonly AuditRow[]) => rows.map(({ sentence }) => sentenceText(sentence))

test('what was done to a topology is told in words, with what was before and after', async () => {
  const { post, list, cookie } = await withAdmin()
  const made = await ask(topologies.POST, post({ from: 'text', text: SMALL }))
  const text = String(made.json.text).replace('size: small\n', 'size: small\n    memoryMib: 4096\n')
  await ask(revisions.POST, post({ text, parent: 1, message: 'More room' }, T))
  await ask(revisions.POST, post({ text, parent: 2, message: 'The same again' }, T))
  await ask(restore.POST, post({ revision: 1, parent: 2 }, T))
  await ask(errands.POST, post({ kind: 'refresh' }, T))
  await ask(errands.POST, post({ kind: 'refresh' }, T))
  const places = { network: { 'vms/web': { x: 1, y: 2 } } }
  await ask(layout.PUT, { method: 'PUT', body: places, params: T, cookie })

  const { rows, log } = await list('/api/audit?topology=small-lab')
  expect(say(rows)).toEqual([
    'admin asked for a look at Small lab',
    'admin restored an older revision of Small lab: memory of web 4 GiB → none (revision 3)',
    'admin changed Small lab: memory of web none → 4 GiB (revision 2)',
    'admin made the topology Small lab: Import a document',
  ])
  expect(rows[2]).toMatchObject({
    ...{ outcome: 'done', note: 'More room', before: { revision: 1 }, after: { revision: 2 } },
    actor: { name: 'admin', via: 'browser' },
  })
  expect(log).toMatchObject({
    people: expect.arrayContaining(['admin']),
    topologies: ['small-lab'],
  })
})

test('a connection’s entries hold no secret, and nothing where nothing differs', async () => {
  const { post, list, cookie, panel } = await withAdmin()
  const made = await ask(connections.POST, post(CONNECTION))
  const params = { id: String(made.json.id) }
  const patch = (body: unknown) => ask(connection.PATCH, { method: 'PATCH', body, params, cookie })
  await patch({ name: 'pve' })
  await patch({ name: 'rack' })
  await patch({ tokenSecret: `${SECRET}x` })
  await ask(testConnection.POST, post({}, params))
  await ask(connection.DELETE, { method: 'DELETE', params, cookie })

  const { rows } = await list(`/api/audit?object=connection/${params.id}`)
  expect(say(rows)).toEqual([
    'admin removed the connection rack',
    'admin tested the connection rack',
    'admin changed the connection rack (With a new secret of its token)',
    'admin changed the connection rack: name',
    'admin made the connection pve',
  ])
  expect(JSON.stringify(await panel.db.auditEntry.findMany())).not.toContain(SECRET)
})

test('who cancels, retries and skips is kept with the reason', async () => {
  const { post, list, panel } = await withAdmin()
  await ask(topologies.POST, post({ from: 'text', text: SMALL }))
  const job = { kind: 'deploy', title: 'Deploy Small lab r1', by: 'x', topologyId: T.t } as const
  const id = await enqueueJob(panel.db, job, 1)
  await ask(jobAction.POST, post({}, { id, action: 'cancel' }))
  const refused = await ask(jobAction.POST, post({}, { id, action: 'cancel' }))
  expect(refused.status).toBe(409)
  await ask(jobAction.POST, post({}, { id, action: 'retry' }))
  const { rows } = await list(`/api/audit?object=job/${id}`)
  expect(say(rows)).toEqual([
    'admin retried Deploy Small lab r1',
    'admin cancelled Deploy Small lab r1',
  ])
  expect(rows[0]?.sentence[1]).toEqual({ text: 'Deploy Small lab r1', href: `/jobs/${id}` })
})

test('who may see a topology sees its part, without addresses; the whole is for admins', async () => {
  const { post, signedIn, panel } = await withAdmin()
  await ask(topologies.POST, post({ from: 'text', text: SMALL }))
  await ask(connections.POST, post(CONNECTION))
  await panel.db.$executeRaw`DROP TRIGGER "AuditEntry_no_update"`
  await panel.db.$executeRaw`UPDATE "AuditEntry" SET "from" = '192.0.2.7'`
  const cookie = await signedIn('viewer')
  const mine = await ask(topologyAudit.GET, {
    ...{ path: '/api/t/small-lab/audit?object=vms/web', params: T, cookie },
  })
  const rows = mine.json.rows as AuditRow[]
  expect(say(rows)).toEqual(['admin made the topology Small lab: Import a document'])
  expect(rows[0]?.actor.from).toBeNull()
  expect((await ask(audit.GET, { path: '/api/audit', cookie })).status).toBe(403)
  expect((await ask(check.POST, { method: 'POST', body: {}, cookie })).status).toBe(403)
  const other = { path: '/api/t/other/audit', params: { t: 'other' }, cookie }
  expect((await ask(topologyAudit.GET, other)).status).toBe(404)
})

test('a check walks the whole log and is written down itself; a head that differs is named', async () => {
  const { post, list } = await withAdmin()
  await ask(topologies.POST, post({ from: 'text', text: SMALL }))
  const good = await ask(check.POST, post({}))
  expect(good.json).toMatchObject({ ok: true, firstBad: null, from: 1, bytes: expect.any(Number) })
  const { rows, log } = await list()
  expect(say(rows)[0]).toBe('admin checked the audit log: it is whole')
  expect(log?.check).toEqual(good.json)

  const noted = { seq: 1, hash: 'a'.repeat(64) }
  const other = await ask(check.POST, post({ noted }))
  expect(other.json).toMatchObject({ ok: false, firstBad: { seq: 1 } })
  expect((await ask(check.POST, post({ noted: { seq: 0, hash: 'x' } }))).status).toBe(400)
  expect((await list()).log?.check).toMatchObject({ ok: true })
})

test('an export is a download, is written down, and has its own entry in it', async () => {
  const { cookie, list } = await withAdmin()
  const download = async (query: string) => {
    const headers = { cookie, host: '127.0.0.1:4880' }
    const request = new Request(`${ORIGIN}/api/audit/export${query}`, { headers })
    return exported.GET(request, { params: Promise.resolve({}) })
  }
  const jsonl = await download('?format=jsonl&group=audit')
  expect(jsonl.headers.get('content-disposition')).toMatch(
    /^attachment; filename="drawbridge-audit-\d{4}-\d\d-\d\d\.jsonl"$/,
  )
  const lines = (await jsonl.text()).trimEnd().split('\n')
  expect(lines).toHaveLength(2)
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({
    ...{ action: 'audit.export', actorName: 'admin' },
    after: { format: 'jsonl', filter: { group: 'audit' } },
  })
  const csv = await download('?format=csv')
  expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect((await csv.text()).split('\r\n').length).toBeGreaterThan(3)
  expect((await download('?format=xml')).status).toBe(400)
  expect(say((await list('/api/audit?group=audit')).rows)).toHaveLength(2)
})
