import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { type Actor, type AuditNote, appendAudit, NO_ENTRY, touchesOf } from './audit'
import { checkAudit, findHead, lastAuditCheck } from './audit-check'
import type { Db } from './client'
import { putSetting } from './settings'
import { readStatus } from './status'
import { fillAudit } from './testing/fill-audit'
import { tempDb } from './testing/temp-db'
import { transact } from './transact'

const ADA: Actor = { id: 'u1', name: 'ada', via: 'browser', from: '192.0.2.7' }
const NOTE: AuditNote = {
  action: 'connection.change',
  object: { kind: 'connection', id: 'c-1' },
  before: { name: 'Old' },
  after: { name: 'New' },
}

const append = (db: Db, note: AuditNote = NOTE, now = 1_700_000_000_000) =>
  transact(db, (tx) => appendAudit(tx, ADA, note, now))

/** What somebody with the file and no scruples does. */
async function tamper(db: Db, ...statements: string[]): Promise<void> {
  for (const trigger of ['no_update', 'no_delete', 'follows']) {
    await db.$executeRawUnsafe(`DROP TRIGGER "AuditEntry_${trigger}"`)
  }
  for (const statement of statements) await db.$executeRawUnsafe(statement)
}

test('an entry says who, what, on what and from where, and follows the one before', async () => {
  const { db } = await tempDb()
  await append(db)
  await append(db, { ...NOTE, outcome: 'refused', note: 'too late' }, 1_700_000_000_001)
  const [first, second] = await db.auditEntry.findMany({ orderBy: { seq: 'asc' } })
  expect(first).toMatchObject({
    ...{ seq: 1, actorId: 'u1', actorName: 'ada', via: 'browser', from: '192.0.2.7' },
    ...{ action: 'connection.change', outcome: 'done', objectKind: 'connection' },
    ...{ beforeJson: '{"name":"Old"}', afterJson: '{"name":"New"}', prevHash: NO_ENTRY },
  })
  expect(second).toMatchObject({ seq: 2, outcome: 'refused', prevHash: first?.hash })
  expect(await findHead(db)).toEqual({ seq: 2, hash: second?.hash })
})

test.each([
  ['half of a character', 'a\ud800b', 'a<U+D800>b'],
  ['a NUL', 'a\0b', 'a<U+0000>b'],
  ['a turned direction', 'eve\u202eada', 'eve<U+202E>ada'],
  ['a line that looks like an entry', 'no\r\n7 ada removed rack', 'no 7 ada removed rack'],
  ['a terminal’s escape', '\u001b[2Jgone', '<U+001B>[2Jgone'],
])('%s in what somebody sent is seen, and the chain holds', async (_, sent, stored) => {
  const { db } = await tempDb()
  const note: AuditNote = { ...NOTE, object: { kind: 'route', id: sent }, note: sent }
  await transact(db, (tx) => appendAudit(tx, { ...ADA, name: sent }, note, 1))
  const [entry] = await db.auditEntry.findMany()
  expect(entry).toMatchObject({ actorName: stored, objectId: stored, note: stored })
  await append(db, { ...NOTE, after: { name: sent } })
  expect(await checkAudit(db, 2)).toMatchObject({ ok: true, to: 2 })
})

test('no entry is endless, whatever was sent', async () => {
  const { db } = await tempDb()
  const long = 'x'.repeat(1_000_000)
  await append(db, {
    ...NOTE,
    note: long,
    before: { ca: long },
    after: Array(5000).fill('y'.repeat(99)),
  })
  const [entry] = await db.auditEntry.findMany()
  expect(JSON.stringify(entry).length).toBeLessThan(20_000)
  expect(entry?.beforeJson).toContain('(1000000 characters)')
  expect(entry?.afterJson).toMatch(/leftOut/)
  expect(await checkAudit(db, 2)).toMatchObject({ ok: true })
})

test('an entry is stored with what it tells of, or neither is', async () => {
  const { db } = await tempDb()
  const failing = transact(db, async (tx) => {
    await putSetting(tx, 'a', 1)
    await appendAudit(tx, ADA, NOTE, 1)
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect(await db.auditEntry.count()).toBe(0)
  expect(await db.setting.count({ where: { key: 'a' } })).toBe(0)
})

test('two processes that append at once fork nothing and lose nothing', async () => {
  const { db, file } = await tempDb()
  const script = fileURLToPath(new URL('./testing/append-audit.ts', import.meta.url))
  const run = (name: string) =>
    promisify(execFile)(process.execPath, ['--import', 'tsx', script, file, name, '60'])
  await Promise.all([run('web'), run('provisioner'), appendSlowly(db, 40)])
  expect(await db.auditEntry.count()).toBe(160)
  expect(await db.setting.count()).toBe(120)
  expect(await checkAudit(db, 5)).toMatchObject({ ok: true, from: 1, to: 160 })
}, 90_000)

async function appendSlowly(db: Db, count: number): Promise<void> {
  for (let n = 0; n < count; n++) await append(db)
}

describe('the database refuses', () => {
  test.each([
    ['a change', `UPDATE "AuditEntry" SET "note" = 'x' WHERE "seq" = 1`],
    ['a removal', `DELETE FROM "AuditEntry" WHERE "seq" = 2`],
    ['a removal of everything', `DELETE FROM "AuditEntry"`],
    [
      'a replacement',
      `INSERT OR REPLACE INTO "AuditEntry" SELECT "seq", "at", "actorId", 'eve', "via", "from",
       "action", "outcome", "objectKind", "objectId", "topologyId", "beforeJson", "afterJson",
       "note", "prevHash", "hash" FROM "AuditEntry" WHERE "seq" = 1`,
    ],
    ['a change of what an entry touches', `UPDATE "AuditTouch" SET "object" = 'vms/x'`],
    ['a removal of what an entry touches', `DELETE FROM "AuditTouch"`],
  ])('%s', async (_, statement) => {
    const { db } = await tempDb()
    await append(db)
    await append(db, { ...NOTE, topologyId: 't', after: { objects: ['vms/web'] } })
    await expect(db.$executeRawUnsafe(statement)).rejects.toThrow(/audit log/)
    expect(await checkAudit(db, 1)).toMatchObject({ ok: true, to: 2 })
  })

  test('an entry that does not follow the last one', async () => {
    const { db } = await tempDb()
    await append(db)
    const row = await db.auditEntry.findFirstOrThrow()
    const fork = { ...row, seq: 2, prevHash: NO_ENTRY }
    await expect(db.auditEntry.create({ data: fork })).rejects.toThrow(/constraint/)
    const gap = { ...row, seq: 3, prevHash: row.hash }
    await expect(db.auditEntry.create({ data: gap })).rejects.toThrow(/constraint/)
    expect(await db.auditEntry.count()).toBe(1)
  })
})

describe('without the triggers a check names', () => {
  test.each([
    ['an edited field', [`UPDATE "AuditEntry" SET "actorName" = 'bob' WHERE "seq" = 1057`], 1057],
    ['a time', [`UPDATE "AuditEntry" SET "at" = "at" + 1 WHERE "seq" = 3`], 3],
    ['a removed entry', [`DELETE FROM "AuditEntry" WHERE "seq" = 1000`], 1000],
    ['a removed first entry', [`DELETE FROM "AuditEntry" WHERE "seq" = 1`], 1],
    ['a cut-off end', [`DELETE FROM "AuditEntry" WHERE "seq" > 1090`], 1091],
    ['an emptied log', [`DELETE FROM "AuditEntry"`], 1],
  ])('%s', async (_, statements, seq) => {
    const { db } = await tempDb()
    await fillAudit(db, 1105)
    expect(await checkAudit(db, 1)).toMatchObject({ ok: true, to: 1105 })
    await tamper(db, ...statements)
    expect(await checkAudit(db, 2)).toMatchObject({ ok: false, firstBad: { seq } })
  })

  test('an entry that was rewritten with a hash of its own, by the entry after it', async () => {
    const { db } = await tempDb()
    await fillAudit(db, 4)
    const other = await db.auditEntry.findUniqueOrThrow({ where: { seq: 3 } })
    await tamper(db, `UPDATE "AuditEntry" SET "hash" = '${'a'.repeat(64)}' WHERE "seq" = 3`)
    expect((await checkAudit(db, 1)).firstBad?.seq).toBe(3)
    await db.$executeRawUnsafe(
      `UPDATE "AuditEntry" SET "hash" = '${other.hash}', "prevHash" = '${'b'.repeat(64)}' WHERE "seq" = 3`,
    )
    expect((await checkAudit(db, 1)).firstBad?.seq).toBe(3)
  })

  test('a chain that was made anew, by the head that was written down', async () => {
    const { db } = await tempDb()
    await fillAudit(db, 3)
    const noted = (await findHead(db)) ?? { seq: 0, hash: '' }
    await tamper(db, 'DELETE FROM "AuditEntry"', 'DELETE FROM sqlite_sequence')
    await fillAudit(db, 2)
    await append(db, { ...NOTE, note: 'nothing happened' })
    expect(await checkAudit(db, 1)).toMatchObject({ ok: true })
    expect(await checkAudit(db, 1, { noted })).toMatchObject({ ok: false, firstBad: { seq: 3 } })
  })
})

test('a look at the newest entries takes no found fault back; a full walk does', async () => {
  const { db } = await tempDb()
  await fillAudit(db, 50)
  expect(await checkAudit(db, 1, { newest: 10 })).toMatchObject({ ok: true, from: 41, to: 50 })
  await tamper(db, `UPDATE "AuditEntry" SET "note" = 'x' WHERE "seq" = 2`)
  expect(await checkAudit(db, 2)).toMatchObject({ ok: false })
  expect(await checkAudit(db, 3, { newest: 10 })).toMatchObject({ ok: true })
  expect(await lastAuditCheck(db)).toMatchObject({ at: 2, ok: false, firstBad: { seq: 2 } })
  await db.$executeRawUnsafe(`UPDATE "AuditEntry" SET "note" = '' WHERE "seq" = 2`)
  await checkAudit(db, 4)
  expect(await lastAuditCheck(db)).toMatchObject({ at: 4, ok: true })
})

test('an entry touches what it changed and what it names, each once', () => {
  const changes = [
    { path: ['vms', 'web', 'memoryMib'], from: 2048, to: 4096 },
    { path: ['vms', 'web', 'cpus'], from: 1, to: 2 },
    { path: ['name'], from: 'a', to: 'b' },
  ]
  expect(touchesOf({ after: { changes, objects: ['hosts/pve1', 'vms/web'] } })).toEqual([
    'vms/web',
    'hosts/pve1',
  ])
  expect(touchesOf({ before: { objects: ['vms/old'] } })).toEqual(['vms/old'])
})

test('a secret that a caller gave by mistake is not written', async () => {
  const { db } = await tempDb()
  await append(db, {
    ...NOTE,
    before: { tokenSecret: 'hunter2hunter2', tokenId: 'root@pam!x' },
    after: {
      url: 'https://ada:hunter2hunter2@pve1.lan',
      changes: [{ path: ['a', 'b', 'adminPassword'], to: 'hunter2hunter2' }],
    },
    note: 'password: hunter2hunter2',
  })
  const row = await db.auditEntry.findFirstOrThrow()
  expect(JSON.stringify(row)).not.toContain('hunter2')
  expect(row.beforeJson).toContain('root@pam!x')
})

test('a changed log is on the overview until a full check finds it whole', async () => {
  const { db } = await tempDb()
  await fillAudit(db, 3)
  await checkAudit(db, 1)
  expect((await readStatus(db, 2)).level).toBe('ok')
  await tamper(db, `UPDATE "AuditEntry" SET "note" = 'x' WHERE "seq" = 2`)
  await checkAudit(db, 3)
  expect(await readStatus(db, 4)).toMatchObject({
    level: 'fail',
    sentence: 'The audit log was changed: entry 2, what it says is not what was written.',
    causes: [{ since: 3, action: { href: '/settings/audit' } }],
  })
})
