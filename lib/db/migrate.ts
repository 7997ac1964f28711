import { createHash, randomUUID } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import Database from 'libsql'
import { PanelError } from '@/lib/base/errors'

/** The table of `prisma migrate`, so that its CLI and this file agree on what was applied. */
const TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" TEXT PRIMARY KEY NOT NULL, "checksum" TEXT NOT NULL, "finished_at" DATETIME,
  "migration_name" TEXT NOT NULL, "logs" TEXT, "rolled_back_at" DATETIME,
  "started_at" DATETIME NOT NULL DEFAULT current_timestamp,
  "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0)`

/** A database smaller than this is read through at start, to find damage before it spreads. */
const CHECKED_MIB = 256

/** Copies from before a migration that stay; their names sort by the migration's date. */
const KEPT_COPIES = 3

export type Migrated = {
  /** Names of the migrations applied now, in order. */
  applied: string[]
  /** The copy taken before, null when nothing was applied or the database was new. */
  backup: string | null
}

/**
 * Brings the database up to the migrations of this build, as `prisma migrate deploy` does, without
 * the CLI. A database that holds data is copied first (`VACUUM INTO`, which is consistent under
 * WAL). Each migration is one transaction with its row; it may be called again after a crash.
 *
 * Throws {@link DatabaseError} when the file is damaged, newer than this build, or was migrated by
 * another text of the same migration.
 */
export function migrate(file: string, migrationsDir: string): Migrated {
  mkdirSync(path.dirname(file), { recursive: true })
  const db = open(file)
  try {
    const known = listMigrations(migrationsDir)
    const done = appliedTo(db)
    refuseStrangers(file, known, done)
    const missing = known.filter(({ name }) => !done.has(name))
    const [first] = missing
    if (!first) return { applied: [], backup: null }
    const backup = done.size > 0 ? copyBeside(db, file, first.name) : null
    for (const migration of missing) apply(db, migration)
    return { applied: missing.map(({ name }) => name), backup }
  } catch (error) {
    throw toDatabaseError(error, file)
  } finally {
    db.close()
  }
}

/** The database cannot be used as it is. `message` says which file and what to do. */
export class DatabaseError extends PanelError {
  readonly code: string

  constructor(code: `database.${string}`, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}

type Migration = { name: string; sql: string; checksum: string }

function open(file: string): Database.Database {
  try {
    const db = new Database(file, { timeout: 10_000 })
    db.exec('PRAGMA journal_mode=WAL')
    if (statSync(file).size < CHECKED_MIB * 2 ** 20) {
      const [first] = db.prepare('PRAGMA quick_check(1)').raw().all() as string[][]
      if (first?.[0] !== 'ok') throw new Error(`malformed: ${first?.[0]}`)
    }
    return db
  } catch (error) {
    throw toDatabaseError(error, file)
  }
}

/** Names and checksums of what was applied, in the order of the names. */
function appliedTo(db: Database.Database): Map<string, string> {
  db.exec(TABLE)
  const rows = db
    .prepare(
      'SELECT migration_name, checksum FROM _prisma_migrations WHERE rolled_back_at IS NULL AND finished_at IS NOT NULL',
    )
    .raw()
    .all() as [string, string][]
  return new Map(rows)
}

function listMigrations(dir: string): Migration[] {
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const sql = readFileSync(path.join(dir, name, 'migration.sql'), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function refuseStrangers(file: string, known: Migration[], done: Map<string, string>): void {
  const names = new Set(known.map(({ name }) => name))
  const newer = [...done.keys()].find((name) => !names.has(name))
  if (newer)
    throw new DatabaseError(
      'database.newer',
      `${file} was used by a newer Drawbridge (migration ${newer}) - this version would damage it - start the newer version, or restore the copy beside it that was taken before.`,
    )
  const edited = known.find(({ name, checksum }) => done.has(name) && done.get(name) !== checksum)
  if (edited)
    throw new DatabaseError(
      'database.migration-edited',
      `Migration ${edited.name} is another text than the one that ${file} was made with - migrations are never edited - restore that file of the sources.`,
    )
}

/** A copy of the same name is from an attempt that failed: it gives way, as do the oldest ones. */
function copyBeside(db: Database.Database, file: string, before: string): string {
  const stem = `${file.replace(/\.db$/, '')}.before-`
  const copy = `${stem}${before}.db`
  rmSync(copy, { force: true })
  db.prepare('VACUUM INTO ?').run(copy)
  chmodSync(copy, 0o600)
  const copies = readdirSync(path.dirname(file))
    .filter((name) => name.startsWith(path.basename(stem)))
    .sort()
  for (const name of copies.slice(0, -KEPT_COPIES)) rmSync(path.join(path.dirname(file), name))
  return copy
}

function apply(db: Database.Database, { name, sql, checksum }: Migration): void {
  // SQLite ignores this pragma inside a transaction; table redefinitions need it off.
  db.exec('PRAGMA foreign_keys=OFF')
  db.exec('BEGIN IMMEDIATE')
  try {
    db.exec(sql)
    db.prepare(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES (?, ?, ?, current_timestamp, current_timestamp, 1)`,
    ).run(randomUUID(), checksum, name)
    db.exec('COMMIT')
  } catch (error) {
    db.exec('ROLLBACK')
    throw error
  } finally {
    db.exec('PRAGMA foreign_keys=ON')
  }
}

function toDatabaseError(error: unknown, file: string): Error {
  if (error instanceof PanelError) return error
  const text = String(error)
  if (/not a database|malformed|SQLITE_(NOTADB|CORRUPT)/i.test(text))
    return new DatabaseError(
      'database.corrupt',
      `${file} is damaged - SQLite cannot read it - move it away and put a copy from before in its place, or start with an empty data folder.`,
      error,
    )
  return error instanceof Error ? error : new Error(text)
}
