import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import Database from 'libsql'
import { PanelError } from '@/lib/base/errors'
import { backupsIn, listBackups, removeBackup } from './backup'
import { findExpired, KEEP } from './backup-keep'
import { makeBackup } from './backup-make'

/** The table of `prisma migrate`, so that its CLI and this file agree on what was applied. */
const TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" TEXT PRIMARY KEY NOT NULL, "checksum" TEXT NOT NULL, "finished_at" DATETIME,
  "migration_name" TEXT NOT NULL, "logs" TEXT, "rolled_back_at" DATETIME,
  "started_at" DATETIME NOT NULL DEFAULT current_timestamp,
  "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0)`

/** A database smaller than this is read through at start, to find damage before it spreads. */
const CHECKED_MIB = 256

export type MigrateOptions = {
  /** Of this program, for the backup. */
  version?: string
  /** UTC milliseconds. */
  now?: number
  /** The file is a copy itself, of which none has to be made. */
  isCopy?: boolean
}

export type Migrated = {
  /** Names of the migrations applied now, in order. */
  applied: string[]
  /** Name of the backup made before, null when nothing was applied or the database was new. */
  backup: string | null
}

/**
 * Brings the database up to the migrations of this build, as `prisma migrate deploy` does, without
 * the CLI. Of a database that holds data a backup is made first, beside it and not in the folder
 * that was chosen for backups: a share that is away must not keep a new version from starting. Each
 * migration is one transaction with its row; it may be called again after a crash. *
 * Throws {@link DatabaseError} when the file is damaged, newer than this build, was migrated by
 * another text of the same migration, or when a migration fails.
 */
export function migrate(
  file: string,
  migrationsDir: string,
  { version = 'unknown', now = Date.now(), isCopy = false }: MigrateOptions = {},
): Migrated {
  mkdirSync(path.dirname(file), { recursive: true })
  const db = open(file)
  try {
    const known = listMigrations(migrationsDir)
    db.exec(TABLE)
    const done = appliedTo(db)
    refuseStrangers(file, known, done)
    const missing = known.filter(({ name }) => !done.has(name))
    const [first] = missing
    if (!first) return { applied: [], backup: null }
    const backup = done.size > 0 && !isCopy ? backUpBefore(file, version, now) : null
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

/**
 * The migrations that a database lacks, or has beyond those of `migrationsDir`: both empty when it is
 * of this version. Reads only.
 */
export function findMigrations(
  file: string,
  migrationsDir: string,
): { missing: string[]; newer: string[] } {
  const db = new Database(file, { timeout: 10_000 })
  try {
    const known = listMigrations(migrationsDir).map(({ name }) => name)
    const has = db.prepare("SELECT 1 FROM sqlite_master WHERE name = '_prisma_migrations'").get()
    const done = has ? appliedTo(db) : new Map<string, string>()
    return {
      missing: known.filter((name) => !done.has(name)),
      newer: [...done.keys()].filter((name) => !known.includes(name)),
    }
  } catch (error) {
    throw toDatabaseError(error, file)
  } finally {
    db.close()
  }
}

/** Names and checksums of what was applied, in the order of the names. */
function appliedTo(db: Database.Database): Map<string, string> {
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
      `${file} was used by a newer Drawbridge (migration ${newer}) - this version would damage it - start the newer version, or restore the backup that was made before: npm run admin -- backups.`,
    )
  const edited = known.find(({ name, checksum }) => done.has(name) && done.get(name) !== checksum)
  if (edited)
    throw new DatabaseError(
      'database.migration-edited',
      `Migration ${edited.name} is another text than the one that ${file} was made with - migrations are never edited - restore that file of the sources.`,
    )
}

function backUpBefore(file: string, version: string, now: number): string {
  const dataDir = path.dirname(file)
  const folder = backupsIn(dataDir)
  const wish = { dataDir, folder, known: true, version, now }
  const { name } = makeBackup({ ...wish, reason: 'before-migration' })
  const before = listBackups(folder).filter(
    ({ manifest }) => manifest?.reason === 'before-migration',
  )
  for (const old of findExpired(before, KEEP, 'UTC')) removeBackup(folder, old)
  return name
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
    if (/full|readonly|I\/O/i.test(String(error))) throw error
    throw new DatabaseError(
      'database.migration-failed',
      `The database could not be brought to this version - migration ${name} failed and was taken back: ${error instanceof Error ? error.message : String(error)} - start the version that ran before, and report this.`,
      error,
    )
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
      `${file} is damaged - SQLite cannot read it - restore a backup: npm run admin -- backups lists them, or start with an empty data folder.`,
      error,
    )
  return error instanceof Error ? error : new Error(text)
}
