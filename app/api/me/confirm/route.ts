import { Refusal } from '@/lib/api/refusal'
import { Confirm } from '@/lib/api/requests-account'
import { Reply, route } from '@/lib/api/route'
import { toSessionAnswer } from '@/lib/auth/answer'
import { renewByProof } from '@/lib/auth/confirm-session'
import { panel } from '@/lib/auth/panel'
import { peerFrom } from '@/lib/auth/peer'
import { refuseHalf, wayOf, whatIsWrong } from '@/lib/auth/prove'

export const POST = route(
  'POST /api/me/confirm',
  { body: Confirm },
  async ({ body, me, session, headers, actor }) => {
    const here = panel()
    await refuseHalf(here.db, me.id, body)
    const wrong = await whatIsWrong(here, headers, { me, proof: body })
    if (wrong !== null) {
      await here.noteSignInRefused({
        ...{ action: 'session.confirm', way: wrong, account: me, from: peerFrom(headers) },
        ...{ via: session.kind === 'phone' ? 'phone' : 'browser', now: here.now() },
      })
      throw new Refusal(403, `confirm.wrong-${wrong}`, WRONG[wrong])
    }
    const cookies = await renewByProof(here, headers, { session, actor, way: wayOf(body) })
    if (!cookies) throw ended()
    return new Reply(await toSessionAnswer(here, { ...session, confirmedAt: here.now() }), {
      cookies,
    })
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
