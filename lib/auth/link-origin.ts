import { isLoopback } from '@/lib/io/way-in'
import type { Panel } from './panel'
import { isHttps } from './scheme'

/**
 * Where a link that is made for another device begins: PUBLIC_URL, else the address that the page was
 * opened at, else, where that is this machine's own, the panel's address in the network. Null: no other
 * device reaches the panel.
 */
export function originForLinks(
  { publicUrl, lanOrigin }: Pick<Panel, 'publicUrl' | 'lanOrigin'>,
  headers: Headers,
): string | null {
  if (publicUrl !== null) return publicUrl
  const here = `${isHttps(headers) ? 'https' : 'http'}://${headers.get('host') ?? ''}`
  return [here, lanOrigin ?? ''].find(isReachedFromElsewhere) ?? null
}

/** Whether an origin is one that only its own machine can open. */
const isReachedFromElsewhere = (origin: string): boolean =>
  URL.canParse(origin) && !isLoopback(new URL(origin).hostname.replace(/^\[|\]$/g, ''))
