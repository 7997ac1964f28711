/** An IPv6 block as integers; `hostBits` as in `ipv4.ts`. */
export type Cidr6 = { first: bigint; last: bigint; prefix: number; hostBits: boolean }

/** The address as an unsigned 128-bit integer, or null when it is none. IPv4 in its last part is understood. */
export function parseIpv6(text: string): bigint | null {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text)
  if (dotted) {
    const [a, b, c, d] = dotted.slice(2).map(Number)
    if ([a, b, c, d].some((octet) => octet! > 255)) return null
    return parseIpv6(`${dotted[1]}${(a! * 256 + b!).toString(16)}:${(c! * 256 + d!).toString(16)}`)
  }
  const halves = text.split('::')
  if (halves.length > 2) return null
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')))
  const written = groups.flat()
  const missing = 8 - written.length
  if (!written.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null
  const all = [...groups[0]!, ...Array<string>(missing).fill('0'), ...(groups[1] ?? [])]
  return all.reduce((address, group) => (address << 16n) | BigInt(`0x${group}`), 0n)
}

/** The whole block of a CIDR such as `fd00:2::/64`, or null when the text is malformed. */
export function parseCidr6(text: string): Cidr6 | null {
  const [base, length] = text.split('/')
  const address = base === undefined ? null : parseIpv6(base)
  const prefix = Number(length)
  if (address === null || !/^\d{1,3}$/.test(length ?? '') || prefix > 128) return null
  const host = (1n << BigInt(128 - prefix)) - 1n
  const first = address & ~host
  return { first, last: first | host, prefix, hostBits: first !== address }
}

/** Eight groups without leading zeros, the first longest run of zeros as `::` (RFC 5952). */
export function formatIpv6(address: bigint): string {
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((address >> BigInt(112 - 16 * i)) & 0xffffn).toString(16),
  )
  let best = { at: -1, size: 1 }
  for (let i = 0; i < 8; i++) {
    let size = 0
    while (groups[i + size] === '0') size++
    if (size > best.size) best = { at: i, size }
  }
  if (best.at < 0) return groups.join(':')
  return `${groups.slice(0, best.at).join(':')}::${groups.slice(best.at + best.size).join(':')}`
}
