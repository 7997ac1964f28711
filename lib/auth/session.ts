import type { Me } from '@/lib/api/contract'
import type { Scope } from '@/lib/api/scopes'
import { findGrants } from '@/lib/db/accounts'
import type { Actor } from '@/lib/db/audit'
import type { Db } from '@/lib/db/client'
import { isIdle } from '@/lib/db/sessions'
import { parseRole } from './access'
import { type Auth, libraryFor } from './auth'
import type { Seen } from './last-seen'
import { peerFrom } from './peer'

/** Who asks: a signed-in browser, a phone that may only look, or a program with a token. */
export type PanelSession = {
  /** Of the session, or of the token. */
  id: string
  kind: 'browser' | 'phone' | 'token'
  me: Me
  /** When the person last proved who they are, UTC milliseconds; null: never, as with a token. */
  confirmedAt: number | null
  /** UTC milliseconds; null: a token without an end. */
  expiresAt: number | null
  /** What a token was made for; null: everything that its owner may. */
  scopes: readonly Scope[] | null
  /** The only topologies that a token was made for; null: all that its owner may see. */
  topologies: readonly string[] | null
  /** What its owner calls the token; absent with a browser. */
  token?: string
}

/**
 * The session that these headers' cookie carries; null if there is none, or it ended, was not used for
 * too long, or was forged. `now` is UTC milliseconds.
 */
export async function findSession(
  auth: Auth,
  db: Db,
  headers: Headers,
  { seen = () => {}, now = Date.now() }: { seen?: Seen; now?: number } = {},
): Promise<PanelSession | null> {
  const found = await libraryFor(auth, headers).api.getSession({ headers })
  if (!found || found.user.disabled) return null
  const { session, user } = found
  const kind = session.kind === 'phone' ? 'phone' : 'browser'
  if (isIdle(kind, session.lastSeenAt?.getTime() ?? null, now)) return null
  seen({ id: session.id, lastSeenAt: session.lastSeenAt?.getTime() ?? null })
  return {
    id: session.id,
    kind,
    me: {
      id: user.id,
      name: user.displayUsername ?? user.name,
      role: parseRole(user.role),
      grants: await findGrants(db, user.id),
    },
    confirmedAt: session.confirmedAt?.getTime() ?? null,
    expiresAt: session.expiresAt.getTime(),
    scopes: null,
    topologies: null,
  }
}

/** Who is written down as having done what this request does. */
export function actorOf(session: PanelSession | null, headers: Headers): Actor {
  const from = peerFrom(headers)
  if (!session) return { id: null, name: 'nobody', via: 'browser', from }
  const { me, kind, token } = session
  const name = token === undefined ? me.name : `${me.name} (token ${token})`
  return { id: me.id, name, via: kind, from }
}

/** What the browser would send after it was given these cookies. */
export const cookieHeader = (setCookies: readonly string[]): string =>
  setCookies.map((cookie) => cookie.split(';', 1)[0]).join('; ')
