import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import Database from 'libsql'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readManifest } from './backup'
import { findMigrations, migrate } from './migrate'

let dir: string
let file: string
let migrations: string

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'drawbridge-migrate-'))
  file = path.join(dir, 'data', 'panel.db')
  migrations = path.join(dir, 'migrations')
  write('1_first', 'CREATE TABLE "A" ("id" TEXT PRIMARY KEY);')
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function write(name: string, sql: string): void {
  mkdirSync(path.join(migrations, name), { recursive: true })
  writeFileSync(path.join(migrations, name, 'migration.sql'), sql)
}
const run = () => migrate(file, migrations)
function query(sql: string, of = file): unknown[] {
  const db = new Database(of)
  try {
    return db.prepare(sql).all()
  } finally {
    db.close()
  }
}

test('a new database gets all migrations and no copy', () => {
  write('2_second', 'CREATE TABLE "B" ("id" TEXT PRIMARY KEY);')
  expect(run()).toEqual({ applied: ['1_first', '2_second'], backup: null })
  expect(query('SELECT * FROM "B"')).toEqual([])
})

test('a second run does nothing', () => {
  run()
  expect(run()).toEqual({ applied: [], backup: null })
})

test('before a later migration the data is copied, and the copy has it', () => {
  run()
  const db = new Database(file)
  db.exec(`INSERT INTO "A" VALUES ('kept')`)
  db.close()
  write('2_second', 'DROP TABLE "A";')
  const { applied, backup } = run()
  expect(applied).toEqual(['2_second'])
  const copy = path.join(dir, 'data', 'backups', backup ?? '', 'panel.db')
  expect(query('SELECT id FROM "A"', copy)).toEqual([{ id: 'kept' }])
  expect(readManifest(path.dirname(copy))).toMatchObject({
    reason: 'before-migration',
    migration: '1_first',
  })
})

test('a migration that fails leaves nothing of itself, and runs once mended', () => {
  run()
  write('2_second', 'CREATE TABLE "B" ("id" TEXT); CREATE TABLE "A" ("id" TEXT);')
  expect(run).toThrow(/2_second failed and was taken back: .*already exists/)
  expect(query(`SELECT name FROM sqlite_master WHERE name = 'B'`)).toEqual([])
  write('2_second', 'CREATE TABLE "B" ("id" TEXT);')
  expect(run().applied).toEqual(['2_second'])
})

test('only the latest backups from before are kept', () => {
  run()
  for (const n of [2, 3, 4, 5, 6]) {
    write(`${n}_more`, `CREATE TABLE "T${n}" ("id" TEXT);`)
    migrate(file, migrations, { now: Date.UTC(2026, 10, n) })
  }
  expect(readdirSync(path.join(dir, 'data', 'backups')).sort()).toEqual(
    [4, 5, 6].map((n) => `2026-11-0${n}T00-00-00Z-before-migration`),
  )
})

test('an edited migration is refused by name', () => {
  run()
  write('1_first', 'CREATE TABLE "A" ("id" INTEGER PRIMARY KEY);')
  expect(run).toThrow(/1_first.*never edited/)
})

test('a database of a newer version is refused and left alone', () => {
  write('2_second', 'CREATE TABLE "B" ("id" TEXT);')
  run()
  rmSync(path.join(migrations, '2_second'), { recursive: true })
  expect(run).toThrow(/newer Drawbridge.*2_second/)
})

test('a file that is no database is refused in one line', () => {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, 'this is no database, whatever its name says'.repeat(100))
  expect(run).toThrow(/panel\.db is damaged - .* - restore a backup/)
})

test('damage inside the file is found before anything is written', () => {
  run()
  const db = new Database(file)
  db.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
           INSERT INTO "A" SELECT 'row number ' || i FROM n`)
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  const pages = Number((db.prepare('PRAGMA page_count').get() as { page_count: number }).page_count)
  db.close()
  overwritePage(file, Math.floor(pages / 2))
  write('2_second', 'DROP TABLE "A";')
  expect(run).toThrow(/is damaged/)
  expect(readdirSync(path.dirname(file))).not.toContain('backups')
})

test('how far a database is from this version is told without touching it', () => {
  run()
  write('2_second', 'CREATE TABLE "B" ("id" TEXT);')
  expect(findMigrations(file, migrations)).toEqual({ missing: ['2_second'], newer: [] })
  rmSync(path.join(migrations, '1_first'), { recursive: true })
  expect(findMigrations(file, migrations)).toEqual({ missing: ['2_second'], newer: ['1_first'] })
})

function overwritePage(of: string, page: number): void {
  const handle = openSync(of, 'r+')
  writeSync(handle, Buffer.alloc(4096, 0xff), 0, 4096, page * 4096)
  closeSync(handle)
}
