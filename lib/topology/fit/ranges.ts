import { type Cidr, contains, formatIpv4, formatRange, type Ipv4Range, parseIpv4 } from '../ipv4'

/** `192.168.1.100-192.168.1.199` or one address; null if it is neither. */
export function parseRange(text: string): Ipv4Range | null {
  const [from = '', to = from, ...more] = text.split('-').map((part) => part.trim())
  const first = parseIpv4(from)
  const last = parseIpv4(to)
  return first === null || last === null || first > last || more.length > 0 ? null : { first, last }
}

/** The addresses of a network that machines may have. */
export const membersOf = ({ first, last, prefix }: Cidr): Ipv4Range =>
  prefix < 31 ? { first: first + 1, last: last - 1 } : { first, last }

/** What is left of a range without these, ascending. */
export function without(range: Ipv4Range, holes: readonly Ipv4Range[]): Ipv4Range[] {
  let left: Ipv4Range[] = [range]
  for (const hole of holes) {
    left = left.flatMap(({ first, last }) => {
      if (hole.last < first || hole.first > last) return [{ first, last }]
      return [
        ...(hole.first > first ? [{ first, last: hole.first - 1 }] : []),
        ...(hole.last < last ? [{ first: hole.last + 1, last }] : []),
      ]
    })
  }
  return left
}

export const sizeOf = ({ first, last }: Ipv4Range): number => last - first + 1

/** The largest of them, the last where several are: routers hand out the front first. */
export const largestOf = (ranges: readonly Ipv4Range[]): Ipv4Range | null =>
  ranges.reduce<Ipv4Range | null>(
    (best, each) => (best === null || sizeOf(each) >= sizeOf(best) ? each : best),
    null,
  )

/** Part of a range that is cut to at most so many addresses, at its end. */
export const lastOf = (range: Ipv4Range, most: number): Ipv4Range => ({
  first: Math.max(range.first, range.last - most + 1),
  last: range.last,
})

/**
 * What a router hands out where nobody says: .100 to .199 as most do, or in a smaller network its
 * middle third.
 */
export function likelyDhcp(block: Cidr): Ipv4Range {
  const members = membersOf(block)
  if (block.prefix <= 24) return { first: block.first + 100, last: block.first + 199 }
  const third = Math.floor(sizeOf(members) / 3)
  return { first: members.first + third, last: members.first + 2 * third - 1 }
}

/** Why a text is no range of this network; null if it is. */
export function whyNoRange(text: string, block: Cidr): string | null {
  const range = parseRange(text)
  if (!range) return 'Write two addresses, such as 192.168.1.100-192.168.1.199.'
  const members = membersOf(block)
  return contains(members, range.first) && contains(members, range.last)
    ? null
    : `Stay within ${formatRange(members)}.`
}

/** Why a text is no address of this network; null if it is. */
export function whyNoAddress(text: string, block: Cidr): string | null {
  const address = parseIpv4(text)
  if (address === null) return 'Write an address such as 192.168.1.1.'
  const members = membersOf(block)
  return contains(members, address)
    ? null
    : `It has to be in ${formatIpv4(block.first)}/${block.prefix}.`
}
