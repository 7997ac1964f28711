import { commonLines } from './common-lines'

/** A part of a text to be replaced: characters from `from` up to `to`. */
export type TextChange = { from: number; to: number; insert: string }

/**
 * What to replace so that `now` becomes `next`, from the first to the last and as little as lines
 * allow: whatever stands between two changes, such as a cursor, stays where it is in its text.
 */
export function textChanges(now: string, next: string): TextChange[] {
  if (now === next) return []
  const [a, b] = [now.split('\n'), next.split('\n')]
  const match = commonLines(a, b)
  if (match === null) return narrowed(now, next, 0)
  const changes: TextChange[] = []
  const starts = lineStarts(a)
  let [i, j] = [0, 0]
  for (let line = 0; line <= a.length; line++) {
    const other = line === a.length ? b.length : match[line]!
    if (other < 0) continue
    if (line > i || other > j) changes.push(...hunk(now, { a, b, starts }, [i, line, j, other]))
    ;[i, j] = [line + 1, other + 1]
  }
  return changes
}

type Lines = { a: readonly string[]; b: readonly string[]; starts: readonly number[] }

/** The change of some lines, with the line ends that belong to it. */
function hunk(
  now: string,
  { a, b, starts }: Lines,
  [fromA, toA, fromB, toB]: readonly [number, number, number, number],
): TextChange[] {
  const atEnd = toA === a.length
  const end = (lines: readonly string[]) => (lines.length > 0 ? `${lines.join('\n')}\n` : '')
  if (!atEnd) {
    return narrowed(
      now.slice(starts[fromA], starts[toA]),
      end(b.slice(fromB, toB)),
      starts[fromA] as number,
    )
  }
  // The last line has no end of its own; the one before it is given or taken instead.
  const begin = (lines: readonly string[], first: number) =>
    lines.map((line, n) => (first + n === 0 ? line : `\n${line}`)).join('')
  const from = fromA === a.length ? now.length : Math.max((starts[fromA] as number) - 1, 0)
  return narrowed(now.slice(from), begin(b.slice(fromB, toB), fromB), from)
}

function lineStarts(lines: readonly string[]): number[] {
  let at = 0
  return lines.map((line) => {
    const start = at
    at += line.length + 1
    return start
  })
}

/** The same replacement without what is equal at both ends. */
function narrowed(old: string, insert: string, at: number): TextChange[] {
  const most = Math.min(old.length, insert.length)
  let head = 0
  while (head < most && old[head] === insert[head]) head += 1
  let tail = 0
  while (tail < most - head && old[old.length - 1 - tail] === insert[insert.length - 1 - tail])
    tail += 1
  if (head === old.length && head === insert.length) return []
  const from = at + head
  return [{ from, to: at + old.length - tail, insert: insert.slice(head, insert.length - tail) }]
}
