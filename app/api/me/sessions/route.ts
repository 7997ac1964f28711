import { route } from '@/lib/api/route'
import { toMyAccount } from '@/lib/auth/my-account'
import { panel } from '@/lib/auth/panel'
import { appendAudit } from '@/lib/db/audit'
import { deleteSessionsBut } from '@/lib/db/sessions'
import { dropTickets } from '@/lib/db/tickets'
import { transact } from '@/lib/db/transact'

/** Ends all of a person's sessions but the one that asks, also where a page is open. */
export const DELETE = route('DELETE /api/me/sessions', {}, async ({ me, session, actor }) => {
  const here = panel()
  const ended = await transact(here.db, async (tx) => {
    const others = await deleteSessionsBut(tx, me.id, session.id)
    // What would become a session shortly: half a sign-in, a phone's link.
    for (const purpose of ['second-factor', 'phone']) await dropTickets(tx, me.id, purpose)
    if (others.length > 0) {
      const object = { kind: 'account', id: me.name }
      const after = { sessionsEnded: others.length }
      await appendAudit(tx, actor, { action: 'session.revoke-all', object, after }, here.now())
    }
    return others
  })
  for (const id of ended) here.live.endSession(id)
  return toMyAccount(here, session)
})
