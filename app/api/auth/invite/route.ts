import type { InviteAtProvider } from '@/lib/api/contract-people'
import { api } from '@/lib/api/paths'
import { AcceptInvite } from '@/lib/api/requests-people'
import { Reply, route } from '@/lib/api/route'
import { toSessionAnswer } from '@/lib/auth/answer'
import { acceptByPassword, lookAtInvitation } from '@/lib/auth/invitations'
import { bindInvitation } from '@/lib/auth/oidc-cookies'
import { panel } from '@/lib/auth/panel'
import { cookieHeader } from '@/lib/auth/session'

/** Looks at an invitation, accepts it by a password, or sends its holder to the provider. */
export const POST = route(
  'POST /api/auth/invite',
  { body: AcceptInvite },
  async ({ body, headers, session }) => {
    const here = panel()
    if ('password' in body) {
      const cookies = await acceptByPassword(here, headers, { ...body, replaces: session })
      const began = cookies
        ? await here.findSession(withCookies(headers, cookieHeader(cookies)))
        : null
      return new Reply(await toSessionAnswer(here, began), { cookies: cookies ?? [] })
    }
    const { userId: _, ...invitation } = await lookAtInvitation(here.db, body.token, here.now())
    if (!('way' in body)) return invitation
    const answer: InviteAtProvider = { redirect: `${api.oidcSignIn()}?invite=1` }
    return new Reply(answer, { cookies: [bindInvitation(headers, body.token)] })
  },
)

function withCookies(headers: Headers, cookie: string): Headers {
  const now = new Headers(headers)
  now.set('cookie', cookie)
  return now
}
