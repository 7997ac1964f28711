import { pages } from '@/lib/api/paths'
import type { OidcUse } from '@/lib/auth/oidc-sign-in'
import { PanelError } from '@/lib/base/errors'

const HERE = 'http://panel.invalid'

/** A browser on its way; nothing on it is kept or told to the next site. */
export function goTo(location: string, cookies: readonly string[] = []): Response {
  const headers = new Headers({
    location,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
  })
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return new Response(null, { status: 302, headers })
}

/**
 * Shows why nobody was signed in, as a code that the page has a sentence for: text in an address
 * could be anybody's. On the page that a signed-in person came from, otherwise at the sign-in. What
 * is no {@link PanelError} is a bug and comes through.
 */
export function showProblem(
  error: unknown,
  { use, next }: { use: OidcUse; next: string },
  cookies: readonly string[] = [],
): Response {
  if (!(error instanceof PanelError)) throw error
  const stays = use === 'confirm' || use === 'link'
  const at = new URL(stays ? next : pages.signIn(), HERE)
  at.searchParams.set('problem', error.code)
  if (!stays && next !== '/') at.searchParams.set('next', next)
  return goTo(at.pathname + at.search + at.hash, cookies)
}
