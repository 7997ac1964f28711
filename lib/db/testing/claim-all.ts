/** Run as a process of its own by a test: claims until nothing is left, prints the ids. */
import { openDb } from '../client'
import { claimNext } from '../job-claims'

const [file = '', worker = ''] = process.argv.slice(2)
const db = await openDb(file)
const ids: string[] = []
for (;;) {
  const claim = await claimNext(db, { worker, leaseMs: 60_000, now: 1000 })
  if (!claim) break
  ids.push(claim.row.id)
}
await db.$disconnect()
process.stdout.write(JSON.stringify(ids))
