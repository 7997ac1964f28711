import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import Database from 'libsql'
import { expect, test } from 'vitest'
import { backupsIn, type FoundBackup, listBackups, stampOf } from './backup'
import { MARK } from './backup-folder'
import { findExpired, KEEP } from './backup-keep'
import { makeBackup } from './backup-make'
import { defaultSchedule, isZone, nextAt, nextBackup } from './backup-schedule'
import { tempDataDir, tempDb } from './testing/temp-db'

const NOW = Date.UTC(2026, 10, 24, 2, 30)
const DAY = 86_400_000

const backUp = (dataDir: string, more: object = {}) =>
  makeBackup({
    ...{ dataDir, folder: backupsIn(dataDir), known: false, reason: 'asked' as const },
    ...{ version: '1.0.0', now: NOW, ...more },
  })

test('a backup is complete, closed to others, and says what is in it', async () => {
  const { db, dataDir } = await tempDb()
  await db.setting.create({ data: { key: 'panel.id', json: '"abcdefgh"' } })
  const manifest = backUp(dataDir)
  expect(manifest).toMatchObject({
    name: '2026-11-24T02-30-00Z-asked',
    panelId: 'abcdefgh',
    migration: readdirSync('prisma/migrations')
      .filter((each) => /^\d/.test(each))
      .sort()
      .at(-1),
    audit: null,
    keys: false,
    files: [{ name: 'panel.db' }],
  })
  const folder = path.join(backupsIn(dataDir), manifest.name)
  expect(statSync(path.join(folder, 'panel.db')).mode & 0o077).toBe(0)
  expect(listBackups(backupsIn(dataDir))).toEqual([{ name: manifest.name, manifest }])
  expect(backUp(dataDir).name).toBe('2026-11-24T02-30-00Z-asked-2')
})

test('what is written meanwhile by another is in it as far as it was committed', async () => {
  const { db, dataDir, file } = await tempDb()
  await db.setting.create({ data: { key: 'a', json: '1' } })
  const writer = new Database(file)
  writer.exec('BEGIN IMMEDIATE')
  writer.exec(`INSERT INTO "Setting" VALUES ('b', '2')`)
  const { name } = backUp(dataDir)
  writer.exec('ROLLBACK')
  writer.close()
  const copy = new Database(path.join(backupsIn(dataDir), name, 'panel.db'))
  expect(copy.prepare('SELECT key FROM "Setting"').all()).toEqual([{ key: 'a' }])
  copy.close()
})

test('a share that is not mounted is told, and the disk below it stays empty', async () => {
  const { dataDir } = await tempDb()
  const share = path.join(await tempDataDir(), 'share')
  mkdirSync(share)
  expect(backUp(dataDir, { folder: share }).name).toMatch(/asked$/)
  expect(readdirSync(share)).toContain(MARK)
  // Unmounted: the folder is there, what was in it is not.
  rmSync(share, { recursive: true })
  mkdirSync(share)
  expect(() => backUp(dataDir, { folder: share, known: true })).toThrow(/its disk is not mounted/)
  expect(readdirSync(share)).toEqual([])
  rmSync(share, { recursive: true })
  expect(() => backUp(dataDir, { folder: share, known: true })).toThrow(/not there - mount it/)
  expect(readdirSync(backupsIn(dataDir))).toEqual([])
})

test('a damaged database makes no backup, and leaves nothing behind', async () => {
  const dataDir = await tempDataDir()
  writeFileSync(path.join(dataDir, 'panel.db'), 'no database'.repeat(1000))
  expect(() => backUp(dataDir)).toThrow()
  expect(readdirSync(backupsIn(dataDir))).toEqual([])
})

test('what was begun and never finished is no backup, and goes with the next', async () => {
  const { dataDir } = await tempDb()
  const partial = path.join(backupsIn(dataDir), '.partial-2026-11-23T02-30-00Z-scheduled')
  mkdirSync(partial, { recursive: true })
  mkdirSync(path.join(backupsIn(dataDir), '2026-11-23T02-30-00Z-scheduled'))
  expect(listBackups(backupsIn(dataDir))).toMatchObject([
    { manifest: null, fault: expect.stringContaining('is no backup') },
  ])
  backUp(dataDir)
  expect(existsSync(partial)).toBe(false)
})

const made = (at: number, reason = 'scheduled'): FoundBackup => ({
  name: `${stampOf(at)}-${reason}`,
  manifest: { at, reason, name: `${stampOf(at)}-${reason}` } as FoundBackup['manifest'] & object,
})

test('seven days, four weeks and three months of nightly backups stay', () => {
  const nightly = Array.from({ length: 120 }, (_, n) => made(NOW - n * DAY))
  const gone = new Set(findExpired(nightly, KEEP, 'Europe/Berlin'))
  const stay = nightly.filter(({ name }) => !gone.has(name)).map(({ name }) => name.slice(0, 10))
  expect(stay).toEqual([
    ...['24', '23', '22', '21', '20', '19', '18'].map((day) => `2026-11-${day}`),
    ...['2026-11-15', '2026-11-08'],
    ...['2026-10-31', '2026-09-30'],
  ])
})

test('what a person asked for, the last usable one and what is not understood stay', () => {
  const old = [made(NOW - 900 * DAY, 'asked'), made(NOW - 901 * DAY, 'box')]
  const none = { daily: 0, weekly: 0, monthly: 0 }
  const strange: FoundBackup = { name: 'x', manifest: null, fault: 'no' }
  const [newest, second] = [made(NOW), made(NOW - DAY)]
  expect(findExpired([...old, strange, second, newest], none, 'UTC')).toEqual([second.name])
  const migrations = [1, 2, 3, 4, 5].map((n) => made(NOW - n * DAY, 'before-migration'))
  expect(findExpired(migrations, KEEP, 'UTC')).toEqual(migrations.slice(3).map(({ name }) => name))
})

const utc = (text: string) => Date.parse(`${text}Z`)

test.each([
  ['the same night', '2026-11-24T00:00', '03:30', 'Europe/Berlin', '2026-11-24T02:30'],
  ['the next night', '2026-11-24T02:30', '03:30', 'Europe/Berlin', '2026-11-25T02:30'],
  ['in summer', '2026-07-01T00:00', '03:30', 'Europe/Berlin', '2026-07-01T01:30'],
  ['the hour that is left out', '2026-03-28T20:00', '02:30', 'Europe/Berlin', '2026-03-29T01:30'],
  ['the hour that comes twice', '2026-10-24T20:00', '02:30', 'Europe/Berlin', '2026-10-25T00:30'],
  ['not the second of the two', '2026-10-25T00:30', '02:30', 'Europe/Berlin', '2026-10-26T01:30'],
  ['far in the east', '2026-11-24T12:00', '00:15', 'Pacific/Kiritimati', '2026-11-25T10:15'],
  ['half an hour off', '2026-11-24T00:00', '03:30', 'Asia/Kolkata', '2026-11-24T22:00'],
])('a time of day is found: %s', (_, after, time, zone, expected) => {
  expect(new Date(nextAt(utc(after), time, zone)).toISOString()).toBe(
    new Date(utc(expected)).toISOString(),
  )
})

test('the next backup: at its time, soon when it was missed, an hour after a failure', () => {
  const schedule = defaultSchedule('UTC')
  const since = utc('2026-11-24T03:30')
  const next = (startedAt: number, failedAt: number | null = null, jitter = 0) =>
    nextBackup(schedule, { since, failedAt }, startedAt, jitter)
  const due = utc('2026-11-25T03:30')
  expect(next(since)).toBe(due)
  expect(next(since, null, 5000)).toBe(due + 5000)
  const late = utc('2026-11-27T12:00')
  expect(next(late)).toBe(late + 120_000)
  expect(next(since, due)).toBe(due + 3_600_000)
  expect(
    nextBackup({ ...schedule, enabled: false }, { since, failedAt: null }, since, 0),
  ).toBeNull()
  expect([isZone('Europe/Berlin'), isZone('Middle/Earth')]).toEqual([true, false])
})
