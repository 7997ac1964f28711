import { signedIn } from '@/app/api/auth/signed-in'
import { Refusal } from '@/lib/api/refusal'
import { Setup } from '@/lib/api/requests'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { redeemSetupToken } from '@/lib/auth/setup-token'

export const POST = route('POST /api/setup', { body: Setup }, async ({ body, headers, actor }) => {
  const here = panel()
  const userId = await redeemSetupToken(here.db, body, { actor, now: here.now() })
  if (userId === null) {
    throw new Refusal(
      403,
      'setup.link-used',
      'The link is not valid - it works once, until the panel starts again - take the newest link from the panel’s output, or sign in.',
    )
  }
  const start = { userId, kind: 'browser', method: 'setup', confirmed: true } as const
  return signedIn(here, headers, start, 201)
})
