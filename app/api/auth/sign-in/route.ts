import { signedIn } from '@/app/api/auth/signed-in'
import type { NeedsSecondFactor } from '@/lib/api/contract-account'
import { Refusal } from '@/lib/api/refusal'
import { SignIn } from '@/lib/api/requests'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { findByPassword } from '@/lib/auth/password-sign-in'
import { peerFrom } from '@/lib/auth/peer'
import { refuseGuessing } from '@/lib/auth/refuse-guessing'
import { askSecondFactor } from '@/lib/auth/second-factor'
import { passwordWay } from '@/lib/auth/ways'
import { findForSignIn } from '@/lib/db/accounts'

export const POST = route(
  'POST /api/auth/sign-in',
  { body: SignIn },
  async ({ body, headers, session }) => {
    const here = panel()
    const attempt = { name: body.name, peer: peerFrom(headers) }
    const known = () => findForSignIn(here.db, { name: body.name })
    await refuseGuessing(here, here.signInLimit, attempt, async () => (await known())?.id ?? null)
    const account = await findByPassword(here.db, { ...body, now: here.now() })
    if (!account) {
      await here.noteSignInRefused({
        ...{ action: 'session.sign-in', way: 'password', via: 'browser' },
        ...{ account: await known(), from: attempt.peer, now: here.now() },
      })
      throw new Refusal(
        401,
        'session.wrong-password',
        'You are not signed in - name and password do not belong together - check both and try again.',
      )
    }
    here.signInLimit.succeeded(attempt)
    if ((await passwordWay(here.db, account.id)) === 'refused') {
      throw new Refusal(
        403,
        'session.not-by-password',
        'You are not signed in - people of this panel come through its identity provider - use its button.',
      )
    }
    if (account.hasTotp) {
      return (await askSecondFactor(here, account.id)) satisfies NeedsSecondFactor
    }
    const { id: userId } = account
    const start = { userId, kind: 'browser', method: 'password', confirmed: true } as const
    return signedIn(here, headers, { ...start, replaces: session })
  },
)
