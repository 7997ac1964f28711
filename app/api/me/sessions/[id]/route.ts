import { noSuch } from '@/lib/api/refusal'
import { MyParams } from '@/lib/api/requests-account'
import { route } from '@/lib/api/route'
import { toMyAccount } from '@/lib/auth/my-account'
import { panel } from '@/lib/auth/panel'
import { appendAudit } from '@/lib/db/audit'
import { deleteSession } from '@/lib/db/sessions'
import { transact } from '@/lib/db/transact'

/** Ends one of a person's sessions, also where a page of it is open. */
export const DELETE = route(
  'DELETE /api/me/sessions/[id]',
  { params: MyParams },
  async ({ params: { id }, me, session, actor }) => {
    const here = panel()
    await transact(here.db, async (tx) => {
      if (!(await deleteSession(tx, me.id, id))) throw noSuch('session', id)
      const object = { kind: 'session', id }
      const before = { person: me.name }
      await appendAudit(tx, actor, { action: 'session.revoke', object, before }, here.now())
    })
    here.live.endSession(id)
    return toMyAccount(here, session)
  },
)
