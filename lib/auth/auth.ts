import { betterAuth } from 'better-auth'
import { prismaAdapter } from 'better-auth/adapters/prisma'
import { createAuthEndpoint } from 'better-auth/api'
import { z } from 'zod'
import type { Db } from '@/lib/db/client'
import { isHttps } from './scheme'
import { sealKeyFrom } from './seal'

export type AuthSettings = {
  /** Signs the cookies. */
  secret: string
}

/**
 * The session library, once for each scheme: over https the cookie is `Secure` and has the prefix
 * that binds it to this host; over http, on this machine alone, browsers would not keep such a one.
 */
export type Auth = {
  http: Library
  https: Library
  /** Seals what the web process itself has to read again: secrets of one-time codes. */
  sealKey: Buffer
}
type Library = ReturnType<typeof makeLibrary>

const COOKIE = { http: 'drawbridge.session', https: '__Host-drawbridge.session' } as const

/** Makes the sessions' library over a migrated database. */
export const makeAuth = (db: Db, { secret }: AuthSettings): Auth => ({
  http: makeLibrary(db, secret, 'http'),
  https: makeLibrary(db, secret, 'https'),
  sealKey: sealKeyFrom(secret),
})

/**
 * The one whose cookie counts for these headers. A socket's handshake does not always say its
 * scheme; a cookie with the prefix was only ever sent over https.
 */
export function libraryFor(auth: Auth, headers: Headers): Library {
  const secure = isHttps(headers) || headers.get('cookie')?.includes(`${COOKIE.https}=`)
  return secure ? auth.https : auth.http
}

/**
 * Signed cookies and the sessions that they stand for. It is never mounted as a handler: our own
 * routes call its functions, so that nothing of the library is reachable which our access table
 * does not name. Passwords and second factors are ours (password.ts, totp.ts, passkeys.ts).
 */
function makeLibrary(db: Db, secret: string, scheme: 'http' | 'https') {
  const secure = scheme === 'https'
  const text = { type: 'string', input: false, required: false } as const
  const date = { type: 'date', input: false, required: false } as const
  return betterAuth({
    baseURL: `${scheme}://localhost`,
    secret,
    telemetry: { enabled: false },
    database: prismaAdapter(db, { provider: 'sqlite' }),
    user: {
      additionalFields: {
        displayUsername: text,
        role: { type: 'string', input: false, defaultValue: 'member' },
        disabled: { type: 'boolean', input: false, defaultValue: false },
      },
    },
    // A session ends when its row says (start-session.ts): looking at a page prolongs nothing.
    session: {
      disableSessionRefresh: true,
      additionalFields: {
        kind: { type: 'string', input: false, defaultValue: 'browser' },
        method: { type: 'string', input: false, defaultValue: 'password' },
        confirmedAt: date,
        lastSeenAt: date,
      },
    },
    // Ours counts by account (sign-in-limit.ts): an address can be forged where a proxy is trusted.
    rateLimit: { enabled: false },
    advanced: {
      useSecureCookies: false,
      // Lax, not Strict: a link to a job in a chat or a mail must find its reader signed in, and a
      // provider's answer comes from another site. What changes something checks its origin.
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', secure },
      cookies: { session_token: { name: COOKIE[scheme], attributes: { secure, path: '/' } } },
    },
    logger: { level: 'error' },
    plugins: [handsOutCookies],
  })
}

/** Signs the cookie of a session that start-session.ts stored; `maxAge` in seconds, 0 forgets it. */
const handsOutCookies = {
  id: 'drawbridge',
  endpoints: {
    sessionCookie: createAuthEndpoint.serverOnly(
      { method: 'POST', body: z.object({ token: z.string(), maxAge: z.number() }) },
      async (ctx) => {
        const { name, attributes } = ctx.context.authCookies.sessionToken
        const { token, maxAge } = ctx.body
        await ctx.setSignedCookie(name, token, ctx.context.secret, { ...attributes, maxAge })
        return ctx.json({})
      },
    ),
  },
} as const

/** What an account may be called: 2 to 40 letters, digits, dots, hyphens and underscores. */
export const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{1,39}$/
