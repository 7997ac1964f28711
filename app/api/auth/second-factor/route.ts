import { signedIn } from '@/app/api/auth/signed-in'
import { Refusal } from '@/lib/api/refusal'
import { SecondFactor } from '@/lib/api/requests-account'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { peerFrom } from '@/lib/auth/peer'
import { refuseGuessing } from '@/lib/auth/refuse-guessing'
import { takeRecovery, takeTotpCode } from '@/lib/auth/second-factor'
import { findTicket, takeTicket } from '@/lib/auth/tickets'
import { findForSignIn } from '@/lib/db/accounts'

export const POST = route(
  'POST /api/auth/second-factor',
  { body: SecondFactor },
  async ({ body, headers, session }) => {
    const here = panel()
    const from = peerFrom(headers)
    const asked = { purpose: 'second-factor', token: body.ticket, now: here.now() } as const
    const userId = (await findTicket(here.db, asked))?.userId
    const account = userId ? await findForSignIn(here.db, { id: userId }) : null
    if (!account) throw tooLate()
    const attempt = { name: account.id, peer: from }
    await refuseGuessing(here, here.secondFactorLimit, attempt, async () => account.id)
    const actor = { id: account.id, name: account.name, via: 'browser', from } as const
    const right =
      (await takeTotpCode(here, account.id, body.code)) ||
      (await takeRecovery(here, actor, body.code))
    if (!right) {
      await here.noteSignInRefused({
        ...{ action: 'session.second-factor', way: 'code', via: 'browser' },
        ...{ account, from, now: here.now() },
      })
      throw new Refusal(
        401,
        'session.wrong-code',
        'You are not signed in - the code is wrong, or was used already - wait for the next one, and check the clock of the phone.',
      )
    }
    if (!(await takeTicket(here.db, asked))) throw tooLate()
    here.secondFactorLimit.succeeded(attempt)
    const start = { userId: account.id, kind: 'browser', method: 'password' } as const
    return signedIn(here, headers, { ...start, confirmed: true, replaces: session })
  },
)

const tooLate = () =>
  new Refusal(
    401,
    'session.start-again',
    'You are not signed in - the password was given more than 5 minutes ago, or its code was used - start again with the password.',
  )
