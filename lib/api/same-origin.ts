/**
 * Whether a request that changes something comes from the panel's own pages or from no page at all
 * (a command line). A browser always says where a page's request comes from; a cookie alone is no
 * proof that its owner meant it.
 *
 * `publicUrl`: the origin that browsers use where a proxy stands before the panel and rewrites Host.
 */
export function isSameOrigin(headers: Headers, publicUrl: string | null): boolean {
  const origin = headers.get('origin')
  if (origin === null) {
    return ['same-origin', 'none', null].includes(headers.get('sec-fetch-site'))
  }
  if (origin === publicUrl) return true
  if (!URL.canParse(origin)) return false
  return new URL(origin).host === headers.get('host')
}
