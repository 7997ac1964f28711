import type { SessionAnswer } from '@/lib/api/contract'
import type { Db } from '@/lib/db/client'
import { findOidcSettings } from '@/lib/db/oidc-settings'
import { isBreakGlass } from '@/lib/db/people'

/** What the sign-in page offers beside name and password. */
export async function signInWays(db: Db): Promise<SessionAnswer['ways']> {
  const settings = await findOidcSettings(db)
  return {
    oidc: settings ? { name: settings.label } : null,
    passwords: !settings?.breakGlassOnly,
  }
}

/**
 * What signing in by password is to an account now: as everybody does it; a break-glass account
 * passing by the provider, which is audited loudly (`session.break-glass`); or not allowed.
 */
export type PasswordWay = 'usual' | 'break-glass' | 'refused'

/** See {@link PasswordWay}. To be asked when the password was right, so that it tells nobody else. */
export async function passwordWay(db: Db, userId: string): Promise<PasswordWay> {
  const settings = await findOidcSettings(db)
  if (!settings) return 'usual'
  if (await isBreakGlass(db, userId)) return 'break-glass'
  return settings.breakGlassOnly ? 'refused' : 'usual'
}
