import { type Actor, appendAudit } from '@/lib/db/audit'
import type { Tx } from '@/lib/db/client'
import { findOidcSettings } from '@/lib/db/oidc-settings'
import { isBreakGlass } from '@/lib/db/people'

/**
 * Writes down loudly that a break-glass account signed in by its password although people come
 * through a provider; an Overview shows it until an admin has looked. Nothing otherwise. In the
 * transaction that begins the session.
 */
export async function noteBreakGlass(
  tx: Tx,
  actor: Actor,
  { userId, method, now }: { userId: string; method: string; now: number },
): Promise<void> {
  if (method !== 'password' || !(await isBreakGlass(tx, userId))) return
  const settings = await findOidcSettings(tx)
  if (!settings) return
  const object = { kind: 'account', id: actor.name }
  const after = { way: method, only: settings.breakGlassOnly }
  await appendAudit(tx, actor, { action: 'session.break-glass', object, after }, now)
}
