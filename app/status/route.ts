import { createHash } from 'node:crypto'
import { THEME_SCRIPT } from '@/components/frame/theme-script'
import { renderStatusPage } from '@/components/status/page'
import { STYLE } from '@/components/status/style'
import { panel } from '@/lib/auth/panel'
import { sightOf } from '@/lib/auth/sight'
import { readStatus } from '@/lib/db/status'

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64')

/** Nothing but what the page brings itself; its two inline parts by their hash. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${sha256(STYLE)}'`,
  `script-src 'self' 'sha256-${sha256(THEME_SCRIPT)}'`,
  "connect-src 'self'",
  "img-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/**
 * The phone's page, from what is stored. It shows what the person may see; the proxy has sent
 * everybody else to sign in. Its tag leaves
 * the time of asking out, so that a page that asks every few seconds mostly hears "304".
 */
export async function GET(request: Request): Promise<Response> {
  const { db, findSession, now } = panel()
  const session = await findSession(request.headers)
  if (!session) return new Response(null, { status: 401, headers: { 'cache-control': 'no-store' } })
  const status = await readStatus(db, now(), await sightOf(db, session))
  const etag = `W/"${sha256(JSON.stringify({ ...status, at: 0 })).slice(0, 22)}"`
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': POLICY,
    'cache-control': 'no-store',
    etag,
  }
  if (request.headers.get('if-none-match') === etag)
    return new Response(null, { status: 304, headers })
  return new Response(renderStatusPage(status), { headers })
}
