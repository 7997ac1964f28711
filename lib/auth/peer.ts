import { isIPv6 } from 'node:net'

/** Where the server itself writes who asks, over whatever a client sent there. */
export const PEER_HEADER = 'x-drawbridge-peer'

/** Whose `X-Forwarded-For` is believed. */
export type TrustProxy = 'none' | 'loopback' | 'all'

/**
 * The address that a request comes from: the connection's own, or, where the machine at its other
 * end is a proxy that is trusted, what that one wrote last. IPv6 by its /64, which one household has.
 */
export function peerOf(
  address: string | undefined,
  forwardedFor: string | string[] | undefined,
  trust: TrustProxy,
): string {
  const direct = (address ?? 'unknown').replace(/^::ffff:/, '')
  const trusted = trust === 'all' || (trust === 'loopback' && /^(127\.|::1$)/.test(direct))
  const said = [forwardedFor ?? []].flat().join(',').split(',').at(-1)?.trim()
  return subnetOf(trusted && said ? said : direct)
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
