import { safeNext } from '@/components/frame/safe-next'
import { OidcQuery } from '@/lib/api/requests-people'
import { route } from '@/lib/api/route'
import { beginRound, type OidcUse } from '@/lib/auth/oidc-sign-in'
import { panel } from '@/lib/auth/panel'
import { goTo, showProblem } from './landing'

/** Sends a browser to the provider: a link, so that it works before any script of ours does. */
export const GET = route(
  'GET /api/auth/oidc',
  { query: OidcQuery },
  async ({ query, headers, session }) => {
    const next = safeNext(query.next ?? null)
    const use: OidcUse = query.confirm
      ? 'confirm'
      : query.link
        ? 'link'
        : query.invite
          ? 'invite'
          : 'sign-in'
    try {
      const { url, cookies } = await beginRound(panel(), headers, { use, next, session })
      return goTo(url, cookies)
    } catch (error) {
      return showProblem(error, { use, next })
    }
  },
)
