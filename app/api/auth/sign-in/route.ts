import { Refusal } from '@/lib/api/refusal'
import { SignIn } from '@/lib/api/requests'
import { Reply, route } from '@/lib/api/route'
import { toSessionAnswer } from '@/lib/auth/answer'
import { panel } from '@/lib/auth/panel'
import { peerFrom } from '@/lib/auth/peer'
import { cookieHeader, signIn } from '@/lib/auth/session'
import { refuseTooMany } from '@/lib/auth/sign-in-limit'

export const POST = route('POST /api/auth/sign-in', { body: SignIn }, async ({ body, headers }) => {
  const here = panel()
  const attempt = { name: body.name, peer: peerFrom(headers) }
  refuseTooMany(here.signInLimit.attempt(attempt, here.now()))
  const cookies = await signIn(here.auth, headers, body)
  if (!cookies) {
    throw new Refusal(
      401,
      'session.wrong-password',
      'You are not signed in - name and password do not belong together - check both and try again.',
    )
  }
  here.signInLimit.succeeded(attempt)
  const session = await here.findSession(new Headers({ cookie: cookieHeader(cookies) }))
  return new Reply(await toSessionAnswer(here, session), { cookies })
})
