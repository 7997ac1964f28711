import type { Me } from '@/lib/api/contract'
import { parseRole } from './access'
import type { Auth } from './auth'

/** A signed-in browser. */
export type PanelSession = {
  id: string
  me: Me
  /** When its password was given, UTC milliseconds. */
  signedInAt: number
  /** UTC milliseconds. */
  expiresAt: number
}

/** The session that these headers' cookie carries; null if there is none, or it ended or was forged. */
export async function findSession(auth: Auth, headers: Headers): Promise<PanelSession | null> {
  const found = await auth.api.getSession({ headers })
  if (!found) return null
  const { session, user } = found
  return {
    id: session.id,
    me: { id: user.id, name: user.displayUsername ?? user.name, role: parseRole(user.role) },
    signedInAt: session.createdAt.getTime(),
    expiresAt: session.expiresAt.getTime(),
  }
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
