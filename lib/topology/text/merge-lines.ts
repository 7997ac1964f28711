import { commonLines } from './common-lines'

/**
 * Three-way merge line by line, or null where both sides changed the same place differently, or the
 * texts differ too much to compare. Keeps what values do not show: comments, blank lines, order.
 */
export function mergeLines(base: string, mine: string, theirs: string): string | null {
  const [a, b, c] = [base, mine, theirs].map((text) => text.split('\n')) as [
    string[],
    string[],
    string[],
  ]
  const inMine = commonLines(a, b)
  const inTheirs = commonLines(a, c)
  if (!inMine || !inTheirs) return null

  const merged: string[] = []
  let [i, j, k] = [0, 0, 0]
  for (let next = 0; next <= a.length; next++) {
    const [m, t] = next === a.length ? [b.length, c.length] : [inMine[next]!, inTheirs[next]!]
    if (m < 0 || t < 0) continue
    const chunk = mergeChunk(a.slice(i, next), b.slice(j, m), c.slice(k, t))
    if (!chunk) return null
    for (const line of chunk) merged.push(line)
    if (next < a.length) merged.push(a[next]!)
    ;[i, j, k] = [next + 1, m + 1, t + 1]
  }
  return merged.join('\n')
}

/** What stands between two lines that all three have. */
function mergeChunk(base: string[], mine: string[], theirs: string[]): string[] | null {
  if (sameLines(mine, base) || sameLines(mine, theirs)) return theirs
  return sameLines(theirs, base) ? mine : null
}

const sameLines = (a: string[], b: string[]) =>
  a.length === b.length && a.every((line, i) => line === b[i])
