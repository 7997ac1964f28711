import { isHttps } from './scheme'

/**
 * Whether a request that changes something comes from the panel's own pages or from no page at all
 * (a command line). A browser always says where a page's request comes from; a cookie alone is no
 * proof that its owner meant it. Over HTTPS no plain page is one of the panel's.
 *
 * `publicUrl`: the origin that browsers use where a proxy stands before the panel and rewrites Host.
 */
export function isSameOrigin(headers: Headers, publicUrl: string | null): boolean {
  const site = headers.get('sec-fetch-site')
  if (site !== null && site !== 'same-origin' && site !== 'none') return false
  const origin = headers.get('origin')
  if (origin === null || origin === publicUrl) return true
  if (!URL.canParse(origin)) return false
  const { host, protocol } = new URL(origin)
  return host === headers.get('host') && (protocol === 'https:' || !isHttps(headers))
}

/**
 * Whether another site's page asks to read: with `fetch`, as an image, a script, a frame. Such an
 * answer could not be read there, but its size and time could. Following a link, or coming back
 * from an identity provider, is no such thing. A browser that says nothing, and a program, pass.
 */
export function isForeignRead(headers: Headers): boolean {
  const site = headers.get('sec-fetch-site')
  if (site !== 'cross-site' && site !== 'same-site') return false
  const goesThere =
    headers.get('sec-fetch-mode') === 'navigate' && headers.get('sec-fetch-dest') === 'document'
  return !goesThere
}
