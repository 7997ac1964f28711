import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { askToConfirm } from '@/lib/auth/passkeys'
import { peerFrom } from '@/lib/auth/peer'
import { refuseTooMany } from '@/lib/auth/sign-in-limit'

export const POST = route('POST /api/me/confirm/options', {}, async ({ me, headers }) => {
  const here = panel()
  const attempt = { name: me.id, peer: peerFrom(headers) }
  refuseTooMany(here.linkLimit.attempt(attempt, here.now()))
  return askToConfirm(here, headers, me.id)
})
