import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import Database from 'libsql'
import { expect, test } from 'vitest'
import { openDb } from './client'
import { databaseIn } from './data-folder'
import { fullCheck } from './integrity'
import { migrate } from './migrate'
import { readTopology } from './parsed'
import { tablesOf } from './testing/sample'
import { tempDataDir } from './testing/temp-db'

const SAMPLES = 'prisma/samples'
const migrations = readdirSync('prisma/migrations', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort()
const earlier = migrations.slice(0, -1)

type Row = Record<string, unknown>

function read(file: string): Map<string, Row[]> {
  const db = new Database(file)
  try {
    return new Map(
      tablesOf(db).map((table) => [table, db.prepare(`SELECT * FROM "${table}"`).all() as Row[]]),
    )
  } finally {
    db.close()
  }
}

function appliedIn(file: string): string[] {
  const db = new Database(file)
  const rows = db.prepare('SELECT migration_name AS name FROM _prisma_migrations').all()
  db.close()
  return (rows as { name: string }[]).map(({ name }) => name)
}

test.each(earlier)('there is a frozen sample of the state that %s left', (name) => {
  expect(
    existsSync(path.join(SAMPLES, `${name}.sql`)),
    'a migration came: run "npm run db:sample" and commit the sample of the state before it',
  ).toBe(true)
})

test.each(readdirSync(SAMPLES))(
  '%s comes up to this version with every row as it was',
  async (sample) => {
    const dataDir = await tempDataDir()
    const file = databaseIn(dataDir)
    const made = new Database(file)
    made.exec(readFileSync(path.join(SAMPLES, sample), 'utf8'))
    made.close()
    const had = appliedIn(file)
    const before = read(file)
    const { applied } = migrate(file, 'prisma/migrations')
    expect(applied).toEqual(migrations.filter((name) => !had.includes(name)))
    expect(fullCheck(file)).toBeNull()

    const after = read(file)
    for (const [table, rows] of before) {
      expect(rows.length, table).toBeGreaterThan(0)
      const now = after.get(table) ?? []
      for (const row of rows) expect(now, table).toContainEqual(expect.objectContaining(row))
    }

    const db = await openDb(file)
    const revision = await db.revision.findFirstOrThrow()
    expect(readTopology(revision.hash, revision.text).name).toBe('Small lab')
    expect(await db.job.findFirstOrThrow({ include: { events: true } })).toMatchObject({
      status: 'succeeded',
      events: [{ type: 'queued' }],
    })
    expect(
      await db.user.findFirstOrThrow({ include: { accounts: true, sessions: true } }),
    ).toMatchObject({
      role: 'admin',
      accounts: [{ providerId: 'credential' }],
      sessions: [{ userId: 'sample' }],
    })
    expect(await db.sealedSecret.count()).toBe(1)
    await db.$disconnect()
  },
)
