import type { Me } from '@/lib/api/contract'
import { assert } from '@/lib/base/assert'
import { type Db, openDb } from '@/lib/db/client'
import type { Writer } from '@/lib/db/connections'
import { databaseIn } from '@/lib/db/data-folder'
import { LogStore } from '@/lib/db/log-store'
import { ensurePanelId } from '@/lib/db/panel-id'
import { ensureAuthSecret, ensureProvisionerKey, readRecipient } from '@/lib/db/secret-keys'
import type { Live } from '@/lib/live/live'
import { type Auth, makeAuth } from './auth'
import { findSession, type PanelSession } from './session'
import { SignInLimit } from './sign-in-limit'

/** What the web process has one of. Routes are bundled apart from it and find it by `panel()`. */
export type Panel = {
  /** In the marker of everything that this panel creates. */
  id: string
  version: string
  db: Db
  /** Read here, written by the provisioner. */
  logs: LogStore
  auth: Auth
  dataDir: string
  /** The configured origin, null where browsers use host and port. */
  publicUrl: string | null
  signInLimit: SignInLimit
  findSession(headers: Headers): Promise<PanelSession | null>
  /** The sockets of all browsers. */
  live: Live
  /** Tells the provisioner that something was queued or asked. */
  wake(): void
  log(line: string): void
  /** UTC milliseconds. */
  now(): number
}

/** What the process that runs the panel brings. */
export type PanelParts = {
  version: string
  dataDir: string
  publicUrl: string | null
  log(line: string): void
}

/**
 * Opens the migrated database in the data folder, makes the panel's id and keys if it is the first
 * start, and puts the session library on top. `live` and `wake` follow when the server listens.
 */
export async function openPanel(parts: PanelParts): Promise<Omit<Panel, 'live' | 'wake'>> {
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
    findSession: (headers) => findSession(auth, headers),
    now: () => Date.now(),
  }
}

/** Who writes a secret now, and the key that it is sealed to. */
export async function writerFor(me: Me): Promise<Writer> {
  const { dataDir, now } = panel()
  return { recipient: await readRecipient(dataDir), by: me.name, now: now() }
}

const KEY = Symbol.for('drawbridge.panel')
const held = globalThis as { [KEY]?: Panel }

/** Makes a panel the one that this process's routes use. */
export function offerPanel(panel: Panel): void {
  held[KEY] = panel
}

/** The panel of this process; offered before the first page is served. */
export function panel(): Panel {
  const found = held[KEY]
  assert(found, 'a route was called before the panel was offered')
  return found
}
