import { assert } from '@/lib/base/assert'
import type { Db } from '@/lib/db/client'
import type { LogStore } from '@/lib/db/log-store'
import type { Upkeep } from '@/lib/db/upkeep'
import type { Live } from '@/lib/live/live'
import type { Ask } from '@/lib/live/questions'
import type { Auth } from './auth'
import type { Consoles } from './consoles'
import type { FindPlace } from './place'
import type { NoteRefused } from './refused'
import type { PanelSession } from './session'
import type { SignInLimit } from './sign-in-limit'
import type { NoteSignInRefused } from './sign-in-refused'

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
  /** Where the panel is opened in its network; a loopback origin or null where nowhere. */
  lanOrigin: string | null
  /** Of passwords. */
  signInLimit: SignInLimit
  /** Of one-time codes and recovery codes, which only those try who know the password. */
  secondFactorLimit: SignInLimit
  /** Of what is too random to be guessed, but writes to the disk: passkeys' questions, links. */
  linkLimit: SignInLimit
  /** Of webhooks. */
  hookLimit: SignInLimit
  /** Writes down that somebody could not sign in. */
  noteSignInRefused: NoteSignInRefused
  /** Of the cookie in these headers: pages and sockets. */
  findSession(headers: Headers): Promise<PanelSession | null>
  /** Of the token or the cookie in these headers: endpoints. */
  findCaller(headers: Headers, now: number): Promise<PanelSession | null>
  /** Writes down that a signed-in person or a token was refused. */
  noteRefused: NoteRefused
  /** The sockets of all browsers. */
  live: Live
  /** Tells the provisioner that something was queued or asked. */
  wake(): void
  /** Asks the provisioner what only it can read. */
  ask: Ask
  /** Screens and serial ports that people look at. */
  consoles: Consoles
  /** Backups and checks of the panel's own data. */
  upkeep: Upkeep
  /** Which topologies an id belongs to. */
  findPlace: FindPlace
  log(line: string): void
  /** UTC milliseconds. */
  now(): number
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
