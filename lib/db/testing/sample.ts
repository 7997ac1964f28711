import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import Database from 'libsql'
import { SMALL } from './document'

const MIGRATIONS = path.resolve('prisma/migrations')

type Column = { name: string; type: string; notnull: number; dflt_value: string | null; pk: number }

/** An empty database in memory, of the state that a migration left, the migration included. */
export function migratedTo(last: string): Database.Database {
  const db = new Database(':memory:')
  db.exec('PRAGMA foreign_keys=OFF')
  db.exec(`CREATE TABLE "_prisma_migrations" (
    "id" TEXT PRIMARY KEY NOT NULL, "checksum" TEXT NOT NULL, "finished_at" DATETIME,
    "migration_name" TEXT NOT NULL, "logs" TEXT, "rolled_back_at" DATETIME,
    "started_at" DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0)`)
  const names = readdirSync(MIGRATIONS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name <= last)
    .map(({ name }) => name)
    .sort()
  for (const name of names) {
    const sql = readFileSync(path.join(MIGRATIONS, name, 'migration.sql'), 'utf8')
    db.exec(sql)
    db.prepare(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES (?, ?, ?, 1763942400000, 1763942400000, 1)`,
    ).run(name, createHash('sha256').update(sql).digest('hex'), name)
  }
  return db
}

/** The panel's own tables, in the order of their names. */
export function tablesOf(db: Database.Database): string[] {
  const rows = db
    .prepare(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
       AND name NOT LIKE 'libsql_%' AND name <> '_prisma_migrations' ORDER BY name`,
    )
    .all() as { name: string }[]
  return rows.map(({ name }) => name)
}

/** What columns hold where a word made of their name would not be read again. */
const MEANT: Record<string, string | number> = {
  'Revision.text': SMALL,
  'Revision.hash': createHash('sha256').update(SMALL).digest('hex'),
  'Job.status': 'succeeded',
  'Job.outcome': 'succeeded',
  'Job.kind': 'refresh',
  'JobEvent.type': 'queued',
  'JobEvent.dataJson': '{"by":"ada"}',
  'User.role': 'admin',
  'User.username': 'ada',
  'User.displayUsername': 'Ada',
  'Account.providerId': 'credential',
  'Connection.kind': 'proxmox',
  'Connection.url': 'https://pve1.lan:8006',
  'Connection.dialerJson': '{"kind":"direct"}',
  'Connection.stateJson': '{"state":"absent","at":1763942400000}',
  'AuditEntry.prevHash': '0'.repeat(64),
  'AuditEntry.hash': 'a'.repeat(64),
  'Setting.key': 'panel.id',
  'Setting.json': '"abcdefgh"',
}
/** One and the same id everywhere, so that every reference finds its row. */
const ID = 'sample'
const AT = 1_763_942_400_000

/** Puts one row into each table; every column holds something, also those that may be empty. */
export function fillEveryTable(db: Database.Database): void {
  // A migration may have switched it on; the tables come in the order of their names.
  db.exec('PRAGMA foreign_keys=OFF')
  for (const table of tablesOf(db)) {
    const columns = db.prepare(`PRAGMA table_info("${table}")`).all() as Column[]
    const names = columns.map(({ name }) => `"${name}"`).join(', ')
    const values = columns.map(() => '?').join(', ')
    db.prepare(`INSERT INTO "${table}" (${names}) VALUES (${values})`).run(
      ...columns.map((column) => valueFor(table, column)),
    )
  }
}

function valueFor(table: string, { name, type }: Column): string | number | Buffer {
  const meant = MEANT[`${table}.${name}`]
  if (meant !== undefined) return meant
  if (name === 'id' || name.endsWith('Id') || name === 'username') return /INT/.test(type) ? 1 : ID
  if (type === 'DATETIME') return AT
  if (type === 'BOOLEAN') return 0
  if (type === 'BLOB') return Buffer.from([1, 2, 3])
  if (/INT/.test(type)) return 1
  if (type === 'REAL') return 1.5
  return name.endsWith('Json') || name === 'json' ? '{}' : `${table} ${name}`
}

/** A database as text that makes it again: what `sqlite3 .dump` prints, in a fixed order. */
export function dumpOf(db: Database.Database): string {
  const made = db
    .prepare(
      `SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
       AND name NOT LIKE 'libsql_%' ORDER BY type = 'trigger', type = 'index', name`,
    )
    .all() as { type: string; name: string; sql: string }[]
  const tables = made.filter(({ type }) => type === 'table')
  const rows = tables.flatMap(({ name }) =>
    (db.prepare(`SELECT * FROM "${name}"`).all() as Record<string, unknown>[]).map(
      (row) =>
        `INSERT INTO "${name}" (${Object.keys(row)
          .map((key) => `"${key}"`)
          .join(', ')}) VALUES (${Object.values(row).map(literal).join(', ')});`,
    ),
  )
  return [
    'PRAGMA foreign_keys=OFF;',
    ...tables.map(({ sql }) => `${sql};`),
    ...rows,
    ...made.filter(({ type }) => type !== 'table').map(({ sql }) => `${sql};`),
    '',
  ].join('\n')
}

function literal(value: unknown): string {
  if (value === null) return 'NULL'
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (value instanceof Uint8Array) return `X'${Buffer.from(value).toString('hex')}'`
  return `'${String(value).replaceAll("'", "''")}'`
}
