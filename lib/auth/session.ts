import type { Me } from '@/lib/api/contract'
import { findGrants } from '@/lib/db/accounts'
import type { Actor } from '@/lib/db/audit'
import type { Db } from '@/lib/db/client'
import { parseRole } from './access'
import type { Auth } from './auth'
import { peerFrom } from './peer'
import type { Scope } from './scopes'

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
}

/** The session that these headers' cookie carries; null if there is none, or it ended or was forged. */
export async function findSession(
  auth: Auth,
  db: Db,
  headers: Headers,
): Promise<PanelSession | null> {
  const found = await auth.api.getSession({ headers })
  if (!found || found.user.disabled) return null
  const { session, user } = found
  return {
    id: session.id,
    kind: session.kind === 'phone' ? 'phone' : 'browser',
    me: {
      id: user.id,
      name: user.displayUsername ?? user.name,
      role: parseRole(user.role),
      grants: await findGrants(db, user.id),
    },
    confirmedAt:
      session.confirmedAt?.getTime() ??
      (session.kind === 'phone' ? null : session.createdAt.getTime()),
    expiresAt: session.expiresAt.getTime(),
    scopes: null,
    topologies: null,
  }
}

/** Who is written down as having done what this request does. */
export function actorOf(session: PanelSession | null, headers: Headers): Actor {
  const from = peerFrom(headers)
  if (!session) return { id: null, name: 'nobody', via: 'browser', from }
  return { id: session.me.id, name: session.me.name, via: session.kind, from }
}

/**
 * Signs in by name and password. Answers the cookies to set, or null when they do not match; an
 * unknown name takes as long as a wrong password.
 */
export async function signIn(
  auth: Auth,
  headers: Headers,
  { name, password }: { name: string; password: string },
): Promise<string[] | null> {
  const response = await auth.api.signInUsername({
    body: { username: name, password, rememberMe: true },
    headers,
    asResponse: true,
  })
  return response.ok ? response.headers.getSetCookie() : null
}

/** Ends the session of these headers. Answers the cookies that forget it. */
export async function signOut(auth: Auth, headers: Headers): Promise<string[]> {
  const response = await auth.api.signOut({ headers, asResponse: true })
  return response.headers.getSetCookie()
}

/** What the browser would send after it was given these cookies. */
export const cookieHeader = (setCookies: readonly string[]): string =>
  setCookies.map((cookie) => cookie.split(';', 1)[0]).join('; ')
