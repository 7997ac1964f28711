import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { askToSignIn } from '@/lib/auth/passkeys'
import { peerFrom } from '@/lib/auth/peer'
import { refuseTooMany } from '@/lib/auth/sign-in-limit'

export const POST = route('POST /api/auth/passkey/options', {}, async ({ headers }) => {
  const here = panel()
  const attempt = { name: 'passkey', peer: peerFrom(headers) }
  refuseTooMany(here.linkLimit.attempt(attempt, here.now()))
  return askToSignIn(here, headers)
})
