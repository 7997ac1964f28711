import { ChangePassword } from '@/lib/api/requests-account'
import { route } from '@/lib/api/route'
import { toSessionAnswer } from '@/lib/auth/answer'
import { panel } from '@/lib/auth/panel'
import { hashPassword } from '@/lib/auth/password'
import { refuseGuessable } from '@/lib/auth/password-policy'
import { putPasswordHash } from '@/lib/db/accounts'
import { appendAudit } from '@/lib/db/audit'
import { deleteSessionsBut } from '@/lib/db/sessions'
import { dropTickets } from '@/lib/db/tickets'
import { transact } from '@/lib/db/transact'

export const POST = route(
  'POST /api/me/password',
  { body: ChangePassword },
  async ({ body, me, session, actor }) => {
    const here = panel()
    await refuseGuessable(body.password, me.name)
    const passwordHash = await hashPassword(body.password)
    const now = here.now()
    const ended = await transact(here.db, async (tx) => {
      await putPasswordHash(tx, { userId: me.id, passwordHash, now })
      // Whoever has the old password is out: sessions, half-finished sign-ins, links.
      for (const purpose of ['second-factor', 'phone', 'invite'] as const)
        await dropTickets(tx, me.id, purpose)
      const others = await deleteSessionsBut(tx, me.id, session.id)
      const after = { sessionsEnded: others.length }
      const object = { kind: 'account', id: me.name }
      await appendAudit(tx, actor, { action: 'account.password-change', object, after }, now)
      return others
    })
    for (const id of ended) here.live.endSession(id)
    return toSessionAnswer(here, session)
  },
)
