import { Reply, route } from '@/lib/api/route'
import { toSessionAnswer } from '@/lib/auth/answer'
import { panel } from '@/lib/auth/panel'
import { sessionCookies } from '@/lib/auth/start-session'
import { appendAudit } from '@/lib/db/audit'
import { deleteSession } from '@/lib/db/sessions'
import { transact } from '@/lib/db/transact'

export const POST = route('POST /api/auth/sign-out', {}, async ({ session, headers, actor }) => {
  const here = panel()
  if (session && session.kind !== 'token') {
    const { id, me } = session
    await transact(here.db, async (tx) => {
      if (!(await deleteSession(tx, me.id, id))) return
      const object = { kind: 'account', id: me.name }
      await appendAudit(tx, actor, { action: 'session.sign-out', object }, here.now())
    })
    here.live.endSession(id)
  }
  const cookies = await sessionCookies(here.auth, headers, { token: '', maxAgeMs: 0 })
  return new Reply(await toSessionAnswer(here, null), { cookies })
})
