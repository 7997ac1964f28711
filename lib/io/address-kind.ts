import ipaddr from 'ipaddr.js'

/** What may stand behind an address: `never` is no service of anybody's. */
export type AddressKind = 'public' | 'private' | 'loopback' | 'never'

/** Metadata services that clouds keep outside link-local: AWS (IPv6), Alibaba, Oracle. */
const METADATA = new Set(['fd00:ec2::254', '100.100.100.200', '192.0.0.192'])

/**
 * The kind of an IPv4 or IPv6 address, by IANA's special-purpose registries (RFC 6890). IPv4 inside
 * IPv6 (mapped, NAT64, 6to4) counts as the IPv4 address that packets would go to. What is no address
 * is `never`.
 */
export function kindOfAddress(text: string): AddressKind {
  if (!ipaddr.isValid(text)) return 'never'
  const address = ipaddr.process(text)
  if (METADATA.has(address.toString())) return 'never'
  const inner = innerIpv4(address)
  if (inner !== null) return kindOfAddress(inner)
  switch (address.range()) {
    case 'unicast':
      return 'public'
    case 'private':
    case 'carrierGradeNat': // Overlay networks such as Tailscale's live here.
    case 'uniqueLocal':
      return 'private'
    case 'loopback':
      return 'loopback'
    default:
      return 'never'
  }
}

/** Whether two writings are one address: `::ffff:10.0.0.1` and `10.0.0.1` are. */
export const sameAddress = (a: string, b: string): boolean =>
  ipaddr.process(a).toString() === ipaddr.process(b).toString()

/** The IPv4 address that 64:ff9b::/96 (RFC 6052) or 2002::/16 (RFC 3056) leads to. */
function innerIpv4(address: ipaddr.IPv4 | ipaddr.IPv6): string | null {
  if (!(address instanceof ipaddr.IPv6)) return null
  const bytes = address.toByteArray()
  if (address.range() === 'rfc6052') return bytes.slice(12).join('.')
  if (address.range() === '6to4') return bytes.slice(2, 6).join('.')
  return null
}
