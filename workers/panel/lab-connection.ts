import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Panel } from '@/lib/auth/panel'
import {
  ensureLabConnection,
  LAB_CONNECTION,
  type LabConnection,
  listConnections,
} from '@/lib/db/connections'
import { readRecipient } from '@/lib/db/secret-keys'
import { THE_PANEL } from '@/lib/db/who'

/** The lab leaves here how it is reached. */
const fileIn = (dataDir: string) => path.join(dataDir, 'lab', 'connection.json')

/**
 * Whether anything uses the lab: at the first start it is offered; later it runs as long as its
 * connection was not removed.
 */
export async function isLabUsed({ db, dataDir }: Pick<Panel, 'db' | 'dataDir'>): Promise<boolean> {
  const held = await listConnections(db)
  if (held.some(({ id }) => id === LAB_CONNECTION)) return true
  try {
    await readFile(fileIn(dataDir))
    return false
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true
    throw error
  }
}

/** Makes or refreshes the lab's connection once the lab is up; browsers are told. */
export async function connectLab({
  db,
  dataDir,
  now,
  live,
}: Pick<Panel, 'db' | 'dataDir' | 'now' | 'live'>): Promise<void> {
  const lab = JSON.parse(await readFile(fileIn(dataDir), 'utf8')) as LabConnection
  const recipient = await readRecipient(dataDir)
  await ensureLabConnection(db, lab, { recipient, actor: THE_PANEL, now: now() })
  live.tell('connections-changed', { connectionId: LAB_CONNECTION })
}
