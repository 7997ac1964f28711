/** `save-vms.ts <file> <topology> <name>...`: a process of its own that adds VMs, all made on revision 1. */
import { openDb } from '../client'
import { findRevision, saveRevision } from '../revisions'
import { atTheBox } from '../who'
import { withVm } from './document'

const [file = '', topologyId = '', ...names] = process.argv.slice(2)
const db = await openDb(file)
const { text } = await findRevision(db, topologyId, 1)
for (const name of names) {
  const save = { topologyId, text: withVm(text, name), parent: 1, message: name }
  await saveRevision(db, { ...save, actor: atTheBox('ada'), now: 2 })
}
await db.$disconnect()
