import type { Me } from '@/lib/api/contract'
import { Refusal } from '@/lib/api/refusal'
import { ChangePassword } from '@/lib/api/requests-account'
import { route } from '@/lib/api/route'
import { toSessionAnswer } from '@/lib/auth/answer'
import { type Panel, panel } from '@/lib/auth/panel'
import { hashPassword } from '@/lib/auth/password'
import { refuseGuessable } from '@/lib/auth/password-policy'
import { peerFrom } from '@/lib/auth/peer'
import { isProof } from '@/lib/auth/prove'
import { findPasswordHash, putPasswordHash } from '@/lib/db/accounts'
import { appendAudit } from '@/lib/db/audit'
import { deleteSessionsBut } from '@/lib/db/sessions'
import { dropTickets } from '@/lib/db/tickets'
import { transact } from '@/lib/db/transact'

export const POST = route(
  'POST /api/me/password',
  { body: ChangePassword },
  async ({ body, me, session, headers, actor }) => {
    const here = panel()
    if (!(await knowsCurrent(here, headers, { me, current: body.current }))) {
      await here.noteSignInRefused({
        ...{ action: 'session.confirm', way: 'password', account: me, from: peerFrom(headers) },
        ...{ via: session.kind === 'phone' ? 'phone' : 'browser', now: here.now() },
      })
      throw wrongCurrent()
    }
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

/** Whoever found an open browser shortly after a sign-in does not know the password. */
async function knowsCurrent(
  here: Panel,
  headers: Headers,
  { me, current }: { me: Me; current: string | undefined },
): Promise<boolean> {
  if ((await findPasswordHash(here.db, me.id)) === null) return true
  return (
    current !== undefined && (await isProof(here, headers, { me, proof: { password: current } }))
  )
}

const wrongCurrent = () =>
  new Refusal(
    403,
    'confirm.wrong-password',
    'The password was not changed - the current one is not yours - type it again, or have an admin make a new link for you.',
    { issues: [{ path: ['current'], message: 'this is not your password' }] },
  )
