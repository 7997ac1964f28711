import { BlockList, isIP } from 'node:net'

const WORDS = ['none', 'loopback', 'all']

/** What is wrong with a TRUST_PROXY: null where it is a word or a list of addresses and ranges. */
export function faultOfTrust(trust: string): string | null {
  if (WORDS.includes(trust)) return null
  for (const entry of entriesOf(trust))
    if (!parseRange(entry))
      return `"${entry}" is neither none, loopback, all, nor an address or CIDR range`
  return entriesOf(trust).length > 0 ? null : 'it names nobody'
}

/**
 * Whether what an address says by `X-Forwarded-*` is believed. `trust` is `none`, `loopback`, `all`,
 * or addresses and CIDR ranges with commas between; an IPv4 address in IPv6's form counts as IPv4.
 */
export function trustsProxy(trust: string): (address: string) => boolean {
  if (trust === 'none') return () => false
  if (trust === 'all') return () => true
  const list = new BlockList()
  const ranges = trust === 'loopback' ? ['127.0.0.0/8', '::1/128'] : entriesOf(trust)
  for (const range of ranges.map(parseRange))
    if (range) list.addSubnet(range.address, range.bits, range.family)
  return (address) => {
    const plain = plainAddress(address)
    const version = isIP(plain)
    return version !== 0 && list.check(plain, version === 6 ? 'ipv6' : 'ipv4')
  }
}

/** An address without the IPv6 form of an IPv4 one, and without a zone. */
export const plainAddress = (address: string): string =>
  address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')

const entriesOf = (trust: string): string[] =>
  trust
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean)

function parseRange(entry: string) {
  const [address = '', bits, more] = entry.split('/')
  const version = isIP(address)
  const most = version === 6 ? 128 : 32
  if (version === 0 || more !== undefined) return null
  if (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most)) return null
  const family = version === 6 ? ('ipv6' as const) : ('ipv4' as const)
  return { address, bits: bits === undefined ? most : Number(bits), family }
}
