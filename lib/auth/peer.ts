import { isIP, isIPv6 } from 'node:net'
import { plainAddress, trustsProxy } from '@/lib/io/trusted-proxies'

/** Where the server itself writes who asks, over whatever a client sent there. */
export const PEER_HEADER = 'x-drawbridge-peer'

/**
 * The address that a request comes from: the connection's own, or, where the machine at its other
 * end is a proxy that is trusted, the last in `X-Forwarded-For` that is not a trusted proxy itself.
 * IPv6 by its /64, which one household has. `trust`: see lib/io/trusted-proxies.ts.
 */
export function peerOf(
  address: string | undefined,
  forwardedFor: string | string[] | undefined,
  trust: string,
): string {
  const trusts = trustsProxy(trust)
  const direct = plainAddress(address ?? 'unknown')
  if (!trusts(direct)) return subnetOf(direct)
  const said = [forwardedFor ?? []]
    .flat()
    .join(',')
    .split(',')
    .map((entry) => plainAddress(entry.trim()))
    .filter((entry) => isIP(entry) !== 0)
  // Each trusted proxy wrote the one before it. Where all are trusted, the last one's word stands.
  const hop = trust === 'all' ? said.at(-1) : said.findLast((entry) => !trusts(entry))
  return subnetOf(hop ?? said[0] ?? direct)
}

/** The peer that the server noted in these headers. */
export const peerFrom = (headers: Headers): string => headers.get(PEER_HEADER) ?? 'unknown'

/** `fd00:1::5` is `fd00:1:0:0::/64`; other addresses stay as they are. */
function subnetOf(address: string): string {
  if (!isIPv6(address)) return address
  const [head = '', tail = ''] = address.split('%')[0]?.split('::') ?? []
  const before = head.split(':').filter(Boolean)
  const after = tail.split(':').filter(Boolean)
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0')
  return `${[...before, ...zeros, ...after].slice(0, 4).join(':')}::/64`
}
