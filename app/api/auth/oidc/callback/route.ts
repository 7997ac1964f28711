import { route } from '@/lib/api/route'
import { unbind } from '@/lib/auth/oidc-cookies'
import { finishRound, RoundFailed } from '@/lib/auth/oidc-sign-in'
import { panel } from '@/lib/auth/panel'
import { peerFrom } from '@/lib/auth/peer'
import { PanelError } from '@/lib/base/errors'
import { goTo, showProblem } from '../landing'

/** Where the provider sends browsers back to. */
export const GET = route('GET /api/auth/oidc/callback', {}, async ({ url, headers, session }) => {
  const here = panel()
  try {
    const { search } = new URL(url)
    const { next, cookies } = await finishRound(here, headers, { search, session })
    return goTo(next, cookies)
  } catch (error) {
    const failed = error instanceof RoundFailed ? error : null
    const why = failed?.cause ?? error
    if (failed && why instanceof PanelError) {
      await here.noteSignInRefused({
        action: failed.use === 'confirm' ? 'session.confirm' : 'session.sign-in',
        ...{ account: session?.me ?? null, from: peerFrom(headers), way: 'oidc', via: 'browser' },
        ...{ why: why.message, now: here.now() },
      })
    }
    const at = { use: failed?.use ?? 'sign-in', next: failed?.next ?? '/' } as const
    return showProblem(why, at, unbind(headers))
  }
})
