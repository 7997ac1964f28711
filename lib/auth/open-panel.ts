import { openDb } from '@/lib/db/client'
import { databaseIn } from '@/lib/db/data-folder'
import { LogStore } from '@/lib/db/log-store'
import { ensurePanelId } from '@/lib/db/panel-id'
import { ensureAuthSecret, ensureRecipient } from '@/lib/db/secret-keys'
import { makeAuth } from './auth'
import { makeFindCaller } from './find-caller'
import { makeLastSeen } from './last-seen'
import type { Panel } from './panel'
import { placesIn } from './place'
import { makeNoteRefused } from './refused'
import { findSession } from './session'
import { HOOK_LIMITS, LINK_LIMITS, SECOND_FACTOR_LIMITS, SignInLimit } from './sign-in-limit'
import { makeNoteSignInRefused } from './sign-in-refused'

/** What the process that runs the panel brings. */
export type PanelParts = {
  version: string
  dataDir: string
  publicUrl: string | null
  /** The address that the panel printed; absent where it serves nobody. */
  lanOrigin?: string | null
  log(line: string): void
}

/**
 * Opens the migrated database in the data folder, makes the panel's id and keys if it is the first
 * start, and puts the session library on top. `live`, `wake` and `ask` follow when the server listens.
 */
export async function openPanel(
  parts: PanelParts,
): Promise<Omit<Panel, 'live' | 'wake' | 'ask' | 'upkeep' | 'consoles'>> {
  const db = await openDb(databaseIn(parts.dataDir))
  await ensureRecipient(parts.dataDir)
  const secret = await ensureAuthSecret(parts.dataDir)
  const auth = makeAuth(db, { secret })
  const seen = makeLastSeen(db, Date.now, parts.log)
  const ofCookie = (headers: Headers) => findSession(auth, db, headers, { seen })
  return {
    lanOrigin: null,
    ...parts,
    id: await ensurePanelId(db),
    db,
    logs: LogStore.open(parts.dataDir),
    auth,
    signInLimit: new SignInLimit(),
    secondFactorLimit: new SignInLimit(SECOND_FACTOR_LIMITS),
    linkLimit: new SignInLimit(LINK_LIMITS),
    hookLimit: new SignInLimit(HOOK_LIMITS),
    noteSignInRefused: makeNoteSignInRefused(db),
    findSession: ofCookie,
    findCaller: makeFindCaller({ db, log: parts.log, findSession: ofCookie }),
    noteRefused: makeNoteRefused(db),
    findPlace: placesIn(db),
    now: () => Date.now(),
  }
}
