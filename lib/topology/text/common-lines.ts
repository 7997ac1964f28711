/** More edits than this are not looked for; texts that differ so much are not merged by line. */
const MAX_EDITS = 1500

/**
 * For each line of `a`, the line of `b` that it is, or -1: a longest common subsequence. Null when
 * they are more than {@link MAX_EDITS} lines apart. Myers, "An O(ND) Difference Algorithm", 1986.
 */
export function commonLines(a: readonly string[], b: readonly string[]): Int32Array | null {
  const match = new Int32Array(a.length).fill(-1)
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) match[head] = head++
  let tail = 0
  while (
    tail < a.length - head &&
    tail < b.length - head &&
    a[a.length - 1 - tail] === b[b.length - 1 - tail]
  ) {
    match[a.length - 1 - tail] = b.length - 1 - tail
    tail++
  }
  const trace = shortestEdit(a.slice(head, a.length - tail), b.slice(head, b.length - tail))
  if (!trace) return null
  for (const [i, j] of trace) match[head + i] = head + j
  return match
}

/** Pairs of equal lines on a shortest way from `a` to `b`, or null when it is too long. */
function shortestEdit(a: readonly string[], b: readonly string[]): [number, number][] | null {
  const reach = new Map<number, number>([[1, 0]])
  const trace: Map<number, number>[] = []
  for (let d = 0; d <= Math.min(a.length + b.length, MAX_EDITS); d++) {
    trace.push(new Map(reach))
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && reach.get(k - 1)! < reach.get(k + 1)!)
      let x = down ? reach.get(k + 1)! : reach.get(k - 1)! + 1
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++
      reach.set(k, x)
      if (x >= a.length && x - k >= b.length) return walkBack(trace, a.length, b.length)
    }
  }
  return null
}

function walkBack(trace: readonly Map<number, number>[], endX: number, endY: number) {
  const pairs: [number, number][] = []
  let [x, y] = [endX, endY]
  for (let d = trace.length - 1; d >= 0; d--) {
    const reach = trace[d]!
    const k = x - y
    const down = k === -d || (k !== d && reach.get(k - 1)! < reach.get(k + 1)!)
    const before = down ? k + 1 : k - 1
    const fromX = reach.get(before)!
    const fromY = fromX - before
    while (x > Math.max(fromX, 0) && y > Math.max(fromY, 0) && x > 0 && y > 0) {
      if (d > 0 && (x === fromX || y === fromY)) break
      pairs.push([--x, --y])
    }
    ;[x, y] = [fromX, fromY]
  }
  return pairs
}
