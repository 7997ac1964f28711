import { Reply, route } from '@/lib/api/route'
import { toSessionAnswer } from '@/lib/auth/answer'
import { panel } from '@/lib/auth/panel'
import { signOut } from '@/lib/auth/session'

export const POST = route('POST /api/auth/sign-out', {}, async ({ session, headers }) => {
  const here = panel()
  const cookies = session ? await signOut(here.auth, headers) : []
  if (session) here.live.endSession(session.id)
  return new Reply(await toSessionAnswer(here, null), { cookies })
})
