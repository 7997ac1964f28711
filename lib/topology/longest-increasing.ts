/** Positions of a longest strictly increasing subsequence. O(n log n), patience sorting. */
export function longestIncreasing(values: readonly number[]): number[] {
  /** `tails[k]`: position of the smallest value that ends a run of length k + 1. */
  const tails: number[] = []
  const previous: number[] = []
  values.forEach((value, i) => {
    let low = 0
    let high = tails.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (values[tails[middle]!]! < value) low = middle + 1
      else high = middle
    }
    previous[i] = low > 0 ? tails[low - 1]! : -1
    tails[low] = i
  })
  const result: number[] = []
  for (let i = tails.at(-1) ?? -1; i >= 0; i = previous[i]!) result.push(i)
  return result.reverse()
}
