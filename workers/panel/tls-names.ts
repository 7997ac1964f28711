import { isIP, isIPv6 } from 'node:net'
import type os from 'node:os'
import { plainAddress, trustsProxy } from '@/lib/io/trusted-proxies'

/** What a certificate is for: lower-case DNS names, and addresses. */
export type Names = { dns: readonly string[]; ips: readonly string[] }

/**
 * The domains that nobody on the internet can own: `.local` (RFC 6762), `home.arpa` (RFC 8375),
 * `.internal` (ICANN 2024), and `lan` and `home`, which routers give out and the root will not.
 */
export const PRIVATE_DOMAINS = ['localhost', 'local', 'lan', 'home', 'internal', 'home.arpa']

/** Loopback, RFC 1918, link-local, shared (RFC 6598, also Tailscale's) and unique local addresses. */
export const PRIVATE_RANGES = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '100.64.0.0/10',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
]

const isPrivateAddress = trustsProxy(PRIVATE_RANGES.join(','))

/** A machine with a network per container would otherwise fill its certificate. */
const MOST_ADDRESSES = 60

/** What names this machine: loopback, its host name alone and under `.local`, every private address. */
export function namesOfMachine(
  hostname: string,
  interfaces: ReturnType<typeof os.networkInterfaces>,
  publicUrl: string | null,
): Names {
  const full = hostname.toLowerCase().replace(/\.$/, '')
  const [short = ''] = full.split('.')
  const ofPublicUrl = publicUrl ? hostOfUrl(publicUrl) : ''
  const dns = ['localhost', short, short && `${short}.local`, full]
  const ips = ['127.0.0.1', '::1']
  if (isIP(ofPublicUrl)) ips.push(ofPublicUrl)
  else dns.push(ofPublicUrl)
  for (const each of Object.values(interfaces).flatMap((list) => list ?? []))
    if (!each.internal && isPrivateAddress(each.address) && !/^fe80:/i.test(each.address))
      ips.push(canonicalAddress(each.address))
  return {
    dns: [...new Set(dns)].filter((name) => /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(name)),
    ips: [...new Set(ips)].filter((ip) => isIP(ip) !== 0).slice(0, MOST_ADDRESSES),
  }
}

/** OpenSSL writes `FD00:0:0:0:0:0:0:5`; everybody else `fd00::5`. */
export const canonicalAddress = (address: string): string => {
  const plain = plainAddress(address)
  return isIPv6(plain) ? new URL(`http://[${plain}]`).hostname.slice(1, -1) : plain
}

/** The host of a URL, without brackets. */
export const hostOfUrl = (url: string): string =>
  new URL(url).hostname.toLowerCase().replace(/^\[|\]$/g, '')

/** Whether a DNS name lies in one of these domains or is one; as RFC 5280 4.2.1.10 matches them. */
export const isWithin = (name: string, domains: readonly string[]): boolean =>
  domains.some((domain) => name === domain || name.endsWith(`.${domain}`))
