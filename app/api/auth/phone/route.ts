import { signedIn } from '@/app/api/auth/signed-in'
import { Refusal } from '@/lib/api/refusal'
import { PhoneSignIn } from '@/lib/api/requests-account'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { peerFrom } from '@/lib/auth/peer'
import { refuseTooMany } from '@/lib/auth/sign-in-limit'
import { takeTicket } from '@/lib/auth/tickets'

export const POST = route(
  'POST /api/auth/phone',
  { body: PhoneSignIn },
  async ({ body, headers, session }) => {
    const here = panel()
    const from = peerFrom(headers)
    refuseTooMany(here.linkLimit.attempt({ name: 'phone', peer: from }, here.now()))
    const asked = { purpose: 'phone', token: body.token, now: here.now() } as const
    const userId = (await takeTicket(here.db, asked))?.userId
    if (!userId) {
      await here.noteSignInRefused({
        ...{ action: 'session.sign-in', way: 'phone', via: 'phone' },
        ...{ account: null, from, now: here.now() },
      })
      throw new Refusal(
        401,
        'session.phone-link-used',
        'This phone is not signed in - its link works once, for 5 minutes - make a new one at the desk, under Settings, My account.',
      )
    }
    const start = { userId, kind: 'phone', method: 'phone', confirmed: false } as const
    return signedIn(here, headers, { ...start, replaces: session }, 201)
  },
)
