/** One line of a comparison: in both, only in the older, only in the newer. Numbers are from 1. */
export type DiffLine =
  | { kind: 'same'; text: string; before: number; after: number }
  | { kind: 'gone'; text: string; before: number }
  | { kind: 'new'; text: string; after: number }

/** Beyond this many compared pairs the middle is shown as replaced whole, instead of waiting for it. */
const MOST_PAIRS = 16_000_000

/** Line by line, by the longest common part. Equal beginnings and ends cost nothing. */
export function diffLines(before: string, after: string): DiffLine[] {
  const a = before.split('\n')
  const b = after.split('\n')
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let end = 0
  while (
    end < a.length - start &&
    end < b.length - start &&
    a[a.length - 1 - end] === b[b.length - 1 - end]
  )
    end++
  const lines: DiffLine[] = []
  const same = (i: number, j: number) =>
    lines.push({ kind: 'same', text: a[i] ?? '', before: i + 1, after: j + 1 })
  for (let i = 0; i < start; i++) same(i, i)
  lines.push(...middle(a, b, start, end))
  for (let k = end; k > 0; k--) same(a.length - k, b.length - k)
  return lines
}

function middle(a: string[], b: string[], start: number, end: number): DiffLine[] {
  const rows = a.length - start - end
  const columns = b.length - start - end
  const lines: DiffLine[] = []
  const gone = (i: number) =>
    lines.push({ kind: 'gone', text: a[start + i] ?? '', before: start + i + 1 })
  const added = (j: number) =>
    lines.push({ kind: 'new', text: b[start + j] ?? '', after: start + j + 1 })
  let i = 0
  let j = 0
  if (rows * columns <= MOST_PAIRS) {
    const common = commonLengths(a, b, start, rows, columns)
    const width = columns + 1
    while (i < rows && j < columns) {
      if (a[start + i] === b[start + j]) {
        const [before, after] = [start + i + 1, start + j + 1]
        lines.push({ kind: 'same', text: a[start + i] ?? '', before, after })
        i++
        j++
      } else if ((common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0)) gone(i++)
      else added(j++)
    }
  }
  while (i < rows) gone(i++)
  while (j < columns) added(j++)
  return lines
}

/** Length of the longest common part of what is left from each pair of lines on. */
function commonLengths(
  a: string[],
  b: string[],
  start: number,
  rows: number,
  columns: number,
): Uint16Array {
  const width = columns + 1
  const common = new Uint16Array((rows + 1) * width)
  for (let i = rows - 1; i >= 0; i--)
    for (let j = columns - 1; j >= 0; j--)
      common[i * width + j] =
        a[start + i] === b[start + j]
          ? (common[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0)
  return common
}

/** Parts of a comparison to show: the differences with `around` lines of context; between them what is left out. */
export function hunks(lines: readonly DiffLine[], around = 3): (DiffLine[] | number)[] {
  const keep = lines.map(() => false)
  lines.forEach((line, index) => {
    if (line.kind === 'same') return
    for (let k = Math.max(0, index - around); k <= Math.min(lines.length - 1, index + around); k++)
      keep[k] = true
  })
  const parts: (DiffLine[] | number)[] = []
  lines.forEach((line, index) => {
    const last = parts.at(-1)
    if (keep[index]) {
      if (Array.isArray(last)) last.push(line)
      else parts.push([line])
    } else if (typeof last === 'number') parts[parts.length - 1] = last + 1
    else parts.push(1)
  })
  return parts
}
