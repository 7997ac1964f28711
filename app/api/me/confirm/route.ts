import { Refusal } from '@/lib/api/refusal'
import { Confirm } from '@/lib/api/requests-account'
import { route } from '@/lib/api/route'
import { toSessionAnswer } from '@/lib/auth/answer'
import { panel } from '@/lib/auth/panel'
import { peerFrom } from '@/lib/auth/peer'
import { isProof, wayOf } from '@/lib/auth/prove'
import { appendAudit } from '@/lib/db/audit'
import { confirmSession } from '@/lib/db/sessions'
import { transact } from '@/lib/db/transact'

export const POST = route(
  'POST /api/me/confirm',
  { body: Confirm },
  async ({ body, me, session, headers, actor }) => {
    const here = panel()
    const way = wayOf(body)
    if (!(await isProof(here, headers, { me, proof: body }))) {
      await here.noteSignInRefused({
        ...{ action: 'session.confirm', way, account: me, from: peerFrom(headers) },
        ...{ via: session.kind === 'phone' ? 'phone' : 'browser', now: here.now() },
      })
      throw new Refusal(403, `confirm.wrong-${way}`, WRONG[way])
    }
    await transact(here.db, async (tx) => {
      if (!(await confirmSession(tx, session.id, here.now()))) throw ended()
      const object = { kind: 'account', id: me.name }
      const after = { way }
      await appendAudit(tx, actor, { action: 'session.confirm', object, after }, here.now())
    })
    return toSessionAnswer(here, { ...session, confirmedAt: here.now() })
  },
)

const WRONG = {
  password: 'It is not proved yet - the password is not yours - type it again.',
  code: 'It is not proved yet - the code is wrong or was used already - wait for the next one.',
  passkey:
    'It is not proved yet - the passkey was not accepted, or asked for no PIN - try again, or type your password.',
} as const

const ended = () =>
  new Refusal(401, 'session.none', 'You are not signed in - the session ended - sign in again.')
