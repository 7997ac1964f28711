import { Refusal } from '@/lib/api/refusal'
import { Setup } from '@/lib/api/requests'
import { Reply, route } from '@/lib/api/route'
import { toSessionAnswer } from '@/lib/auth/answer'
import { panel } from '@/lib/auth/panel'
import { cookieHeader, signIn } from '@/lib/auth/session'
import { redeemSetupToken } from '@/lib/auth/setup-token'

export const POST = route('POST /api/setup', { body: Setup }, async ({ body, headers }) => {
  const here = panel()
  if (!(await redeemSetupToken(here.db, { ...body, now: here.now() }))) {
    throw new Refusal(
      403,
      'setup.link-used',
      'The link is not valid - it works once, until the panel starts again - take the newest link from the panel’s output, or sign in.',
    )
  }
  const cookies = (await signIn(here.auth, headers, body)) ?? []
  const session = await here.findSession(new Headers({ cookie: cookieHeader(cookies) }))
  return new Reply(await toSessionAnswer(here, session), { status: 201, cookies })
})
