import { betterAuth } from 'better-auth'
import { prismaAdapter } from 'better-auth/adapters/prisma'
import { username } from 'better-auth/plugins'
import type { Db } from '@/lib/db/client'
import { hashPassword, isPassword } from './password'

const DAY_S = 24 * 60 * 60

export type AuthSettings = {
  /** Signs the cookies. */
  secret: string
  /** The origin that browsers use; cookies are `Secure` when it is https. */
  origin: string
}

/**
 * Accounts and sessions. It is never mounted as a handler: our own routes call its functions, so
 * that nothing of the library is reachable which our access table does not name.
 */
export function makeAuth(db: Db, { secret, origin }: AuthSettings) {
  return betterAuth({
    baseURL: origin,
    secret,
    telemetry: { enabled: false },
    database: prismaAdapter(db, { provider: 'sqlite' }),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      password: { hash: hashPassword, verify: ({ hash, password }) => isPassword(hash, password) },
    },
    user: {
      additionalFields: {
        role: { type: 'string', input: false, defaultValue: 'member' },
        disabled: { type: 'boolean', input: false, defaultValue: false },
      },
    },
    // A phone stays signed in for 30 days after its password, as long as its cookie lives: looking at
    // a page prolongs nothing and writes nothing.
    session: {
      expiresIn: 30 * DAY_S,
      disableSessionRefresh: true,
      additionalFields: {
        kind: { type: 'string', input: false, defaultValue: 'browser' },
        method: { type: 'string', input: false, defaultValue: 'password' },
        confirmedAt: { type: 'date', input: false, required: false },
        lastSeenAt: { type: 'date', input: false, required: false },
      },
    },
    // Ours counts by account (sign-in-limit.ts): an address can be forged where a proxy is trusted.
    rateLimit: { enabled: false },
    advanced: {
      cookiePrefix: 'drawbridge',
      useSecureCookies: origin.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' },
    },
    logger: { level: 'error' },
    plugins: [username({ minUsernameLength: 2, maxUsernameLength: 40, usernameValidator: isName })],
  })
}
export type Auth = ReturnType<typeof makeAuth>

/** What an account may be called: 2 to 40 letters, digits, dots, hyphens and underscores. */
export const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{1,39}$/
const isName = (name: string) => NAME.test(name)
