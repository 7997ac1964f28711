/** `append-audit.ts <file> <name> <count>`: a process of its own that appends, each with a change. */
import { appendAudit } from '../audit'
import { openDb } from '../client'
import { putSetting } from '../settings'
import { transact } from '../transact'
import { atTheBox } from '../who'

const [file = '', name = '', count = '0'] = process.argv.slice(2)
const db = await openDb(file)
for (let n = 1; n <= Number(count); n++) {
  await transact(db, async (tx) => {
    await putSetting(tx, `${name}.${n}`, n)
    const note = { action: 'panel.settings', object: { kind: 'panel', id: 'settings' } } as const
    await appendAudit(tx, atTheBox(name), { ...note, after: { n } }, n)
  })
}
await db.$disconnect()
