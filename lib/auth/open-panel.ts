import { openDb } from '@/lib/db/client'
import { databaseIn } from '@/lib/db/data-folder'
import { topologyOfJob } from '@/lib/db/jobs'
import { LogStore } from '@/lib/db/log-store'
import { ensurePanelId } from '@/lib/db/panel-id'
import { ensureAuthSecret, ensureProvisionerKey } from '@/lib/db/secret-keys'
import { makeAuth } from './auth'
import type { Panel } from './panel'
import { findSession } from './session'
import { SignInLimit } from './sign-in-limit'

/** What the process that runs the panel brings. */
export type PanelParts = {
  version: string
  dataDir: string
  publicUrl: string | null
  log(line: string): void
}

/**
 * Opens the migrated database in the data folder, makes the panel's id and keys if it is the first
 * start, and puts the session library on top. `live`, `wake` and `ask` follow when the server listens.
 */
export async function openPanel(parts: PanelParts): Promise<Omit<Panel, 'live' | 'wake' | 'ask'>> {
  const db = await openDb(databaseIn(parts.dataDir))
  await ensureProvisionerKey(parts.dataDir)
  const secret = await ensureAuthSecret(parts.dataDir)
  const auth = makeAuth(db, { secret, origin: parts.publicUrl ?? 'http://localhost' })
  return {
    ...parts,
    id: await ensurePanelId(db),
    db,
    logs: LogStore.open(parts.dataDir),
    auth,
    signInLimit: new SignInLimit(),
    findSession: (headers) => findSession(auth, db, headers),
    topologyOfJob: (id) => topologyOfJob(db, id),
    now: () => Date.now(),
  }
}
