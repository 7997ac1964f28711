/**
 * `npm run db:rebuild`: makes the normalised tables anew from the text of each topology's head
 * revision. Nothing is lost by it: those rows are only ever written from there.
 */
import { openDb } from '@/lib/db/client'
import { databaseIn } from '@/lib/db/data-folder'
import { migrate } from '@/lib/db/migrate'
import { rebuildRows } from '@/lib/db/rows'
import { parseConfig } from '@/lib/io/env'

const file = databaseIn(parseConfig(process.env).dataDir)
migrate(file, 'prisma/migrations')
const db = await openDb(file)
const rebuilt = await rebuildRows(db)
await db.$disconnect()
console.log(`Rebuilt the rows of ${rebuilt.length} topologies: ${rebuilt.join(', ') || 'none'}.`)
