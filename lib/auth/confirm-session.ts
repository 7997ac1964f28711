import { randomBytes } from 'node:crypto'
import { type Actor, appendAudit } from '@/lib/db/audit'
import type { Tx } from '@/lib/db/client'
import { confirmSession } from '@/lib/db/sessions'
import { transact } from '@/lib/db/transact'
import type { Panel } from './panel'
import type { PanelSession } from './session'
import { sessionCookies } from './start-session'

/**
 * Notes that the person of a session proved who they are by `way`, and gives the session another
 * token: whoever copied its cookie before that is left behind. `alongside` is written in the same
 * transaction. Answers the cookies that carry it; null where the session ended meanwhile.
 */
export async function renewByProof(
  { db, auth, now }: Pick<Panel, 'db' | 'auth' | 'now'>,
  headers: Headers,
  { session, actor, way }: { session: PanelSession; actor: Actor; way: string },
  alongside: (tx: Tx) => Promise<void> = async () => {},
): Promise<string[] | null> {
  const token = randomBytes(32).toString('base64url')
  const at = now()
  const renewed = await transact(db, async (tx) => {
    await alongside(tx)
    const kept = await confirmSession(tx, { id: session.id, token, now: at })
    if (!kept) return null
    const object = { kind: 'account', id: session.me.name }
    await appendAudit(tx, actor, { action: 'session.confirm', object, after: { way } }, at)
    return kept
  })
  if (!renewed) return null
  return sessionCookies(auth, headers, { token, maxAgeMs: Math.max(0, renewed.expiresAt - at) })
}
