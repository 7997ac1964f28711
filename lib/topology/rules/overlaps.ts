import { type Ipv4Range, intersection } from '../ipv4'

/**
 * Every pair of ranges that share addresses, `a` the one that stands first in the list. Sorted once,
 * then each range is compared only with those that begin before it ends.
 */
export function overlaps<R extends Ipv4Range>(
  ranges: readonly R[],
): { a: R; b: R; shared: Ipv4Range }[] {
  const place = new Map(ranges.map((range, i) => [range, i]))
  const sorted = ranges.toSorted((a, b) => a.first - b.first)
  const pairs: { a: R; b: R; shared: Ipv4Range }[] = []
  for (const [i, lower] of sorted.entries()) {
    for (let j = i + 1; j < sorted.length && sorted[j]!.first <= lower.last; j++) {
      const [a, b] = [lower, sorted[j]!].sort((x, y) => place.get(x)! - place.get(y)!)
      const shared = intersection(a!, b!)
      if (shared) pairs.push({ a: a!, b: b!, shared })
    }
  }
  return pairs
}
