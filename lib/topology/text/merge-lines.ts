import { commonLines } from './common-lines'

/**
 * Three-way merge line by line, or null where both sides changed the same place differently, or the
 * texts differ too much to compare. Keeps what values do not show: comments, blank lines, order.
 */
export function mergeLines(base: string, mine: string, theirs: string): string | null {
  return mergeWith(() => null, base, mine, theirs)
}

/**
 * The line-wise merges that are worth a look, best first; none where the texts differ too much. Where
 * both sides changed the same lines they are guesses that may say anything, or nothing: what both
 * added one after the other, else theirs with the comments that I wrote there.
 */
export function* lineMerges(base: string, mine: string, theirs: string): Generator<string> {
  const clean = mergeLines(base, mine, theirs)
  if (clean !== null) {
    yield clean
    return
  }
  for (const settle of [bothAdded, withMyComments]) {
    const text = mergeWith(settle, base, mine, theirs)
    if (text !== null) yield text
  }
}

type Lines = readonly string[]
/** What stands where both sides changed the lines; null gives up. */
type Settle = (base: Lines, mine: Lines, theirs: Lines) => Lines | null

const bothAdded: Settle = (base, mine, theirs) =>
  base.every(isBlank) ? [...theirs, ...mine] : withMyComments(base, mine, theirs)

const withMyComments: Settle = (base, mine, theirs) => {
  const known = new Set([...base, ...theirs].map((line) => line.trim()))
  const comments = mine.filter(
    (line) => line.trimStart().startsWith('#') && !known.has(line.trim()),
  )
  return [...comments, ...theirs]
}

const isBlank = (line: string) => line.trim() === ''

function mergeWith(settle: Settle, base: string, mine: string, theirs: string): string | null {
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
    const chunk = mergeChunk(settle, a.slice(i, next), b.slice(j, m), c.slice(k, t))
    if (!chunk) return null
    for (const line of chunk) merged.push(line)
    if (next < a.length) merged.push(a[next]!)
    ;[i, j, k] = [next + 1, m + 1, t + 1]
  }
  return merged.join('\n')
}

/** What stands between two lines that all three have. */
function mergeChunk(settle: Settle, base: Lines, mine: Lines, theirs: Lines): Lines | null {
  if (sameLines(mine, base) || sameLines(mine, theirs)) return theirs
  return sameLines(theirs, base) ? mine : settle(base, mine, theirs)
}

const sameLines = (a: Lines, b: Lines) =>
  a.length === b.length && a.every((line, i) => line === b[i])
