/**
 * The token of a link to the first account; empty where it has none. It stands behind the `#`, which
 * no server, proxy or preview sees; links that were printed before that have it as `?token=`.
 */
export function setupTokenIn(link: string): string {
  const { hash, searchParams } = new URL(link)
  return hash === '' ? (searchParams.get('token') ?? '') : decodeURIComponent(hash.slice(1))
}
