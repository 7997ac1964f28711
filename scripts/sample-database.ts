/**
 * `npm run db:sample`: freezes the database as it is before the newest migration, with a row in each
 * table, as `prisma/samples/<the migration before>.sql`. A sample is never edited: what it holds is
 * what somebody's database held. lib/db/samples.test.ts fails while a migration lacks one.
 */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { dumpOf, fillEveryTable, migratedTo } from '@/lib/db/testing/sample'

const names = readdirSync('prisma/migrations', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort()
mkdirSync('prisma/samples', { recursive: true })
for (const name of names.slice(0, -1)) {
  const file = path.join('prisma/samples', `${name}.sql`)
  if (existsSync(file)) continue
  const db = migratedTo(name)
  fillEveryTable(db)
  writeFileSync(file, dumpOf(db))
  db.close()
  console.log(`${file} is frozen.`)
}
