import { type NextRequest, NextResponse } from 'next/server'
import { pages } from '@/lib/api/paths'
import { PUBLIC_FILES, PUBLIC_PAGES } from '@/lib/auth/access'
import { panel } from '@/lib/auth/panel'

/**
 * Pages are for people who are signed in; the short list of those that are not is in the access
 * table. Endpoints decide for themselves, by the same table.
 */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const { pathname, search } = request.nextUrl
  if (PUBLIC_PAGES.includes(pathname) || PUBLIC_FILES.test(pathname)) return NextResponse.next()
  if (await panel().findSession(request.headers)) return NextResponse.next()
  const signIn = new URL(pages.signIn(), request.url)
  if (pathname !== '/') signIn.searchParams.set('next', pathname + search)
  return NextResponse.redirect(signIn)
}

export const config = {
  // Everything but endpoints, which ask for themselves, and the build's own files.
  matcher: ['/((?!api/|_next/).*)'],
}
