/** An IPv4 address as an unsigned 32-bit integer, so that ranges are plain arithmetic. */
export type Ipv4 = number

/** Inclusive at both ends. */
export type Ipv4Range = { first: Ipv4; last: Ipv4 }

/** Returns null unless `text` is four decimal octets: no leading zeros, no spaces. Asked for every NIC at every edit, so it counts characters. */
export function parseIpv4(text: string): Ipv4 | null {
  let address = 0
  let octet = -1
  let dots = 0
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48
    if (digit === -2) {
      if (octet < 0 || ++dots > 3) return null
      address = address * 256 + octet
      octet = -1
    } else {
      if (digit < 0 || digit > 9 || octet === 0) return null
      octet = octet < 0 ? digit : octet * 10 + digit
      if (octet > 255) return null
    }
  }
  return dots === 3 && octet >= 0 ? address * 256 + octet : null
}

/** Four decimal octets. */
export function formatIpv4(address: Ipv4): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.')
}

/** A CIDR block; `hostBits` says that the text named an address inside it (`10.2.0.1/24`). */
export type Cidr = Ipv4Range & { prefix: number; hostBits: boolean }

/**
 * The whole block of a CIDR such as `10.2.0.0/24`, network and broadcast addresses included.
 * Returns null when the text is malformed; host bits are masked away and told.
 */
export function parseCidr(text: string): Cidr | null {
  const match = /^([\d.]+)\/(\d|[12]\d|3[0-2])$/.exec(text)
  const base = match ? parseIpv4(match[1]!) : null
  if (!match || base === null) return null
  const prefix = Number(match[2])
  const size = 2 ** (32 - prefix)
  const first = base - (base % size)
  return { first, last: first + size - 1, prefix, hostBits: base !== first }
}

/** `10.2.0.0/24` of a block. */
export const formatCidr = ({ first, prefix }: Pick<Cidr, 'first' | 'prefix'>): string =>
  `${formatIpv4(first)}/${prefix}`

/** Whether the range holds the address. */
export const contains = (range: Ipv4Range, address: Ipv4): boolean =>
  address >= range.first && address <= range.last

/** Whether the outer range holds every address of the inner one. */
export const covers = (outer: Ipv4Range, inner: Ipv4Range): boolean =>
  inner.first >= outer.first && inner.last <= outer.last

/** What both ranges share, or null. */
export function intersection(a: Ipv4Range, b: Ipv4Range): Ipv4Range | null {
  const first = Math.max(a.first, b.first)
  const last = Math.min(a.last, b.last)
  return first <= last ? { first, last } : null
}

/** `10.2.0.11-10.2.0.30`, or the one address. */
export const formatRange = ({ first, last }: Ipv4Range): string =>
  first === last ? formatIpv4(first) : `${formatIpv4(first)}-${formatIpv4(last)}`

/**
 * The network and the broadcast address, which no machine may have. None in a /31 (RFC 3021) or a
 * /32.
 */
export const isNetworkOrBroadcast = (block: Cidr, address: Ipv4): boolean =>
  block.prefix < 31 && (address === block.first || address === block.last)
