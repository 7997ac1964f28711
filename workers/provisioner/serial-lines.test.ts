import { expect, test } from 'vitest'
import { MOST_LINES, SerialLines } from './serial-lines'

const read = (...pieces: string[]): string[] => {
  const lines = new SerialLines()
  for (const piece of pieces) lines.take(new TextEncoder().encode(piece))
  return lines.read()
}

test.each([
  ['lines, and one that is not ended', ['a\r\nb\r\nhost login: '], ['a', 'b', 'host login:']],
  [
    'a line in pieces, also within its end',
    ['Ker', 'nel pan', 'ic\r', '\nend'],
    ['Kernel panic', 'end'],
  ],
  [
    'no colours and no titles',
    ['\x1b[0;32m  OK  \x1b[0m up\n\x1b]0;title\x07x\n'],
    ['  OK   up', 'x'],
  ],
  ['what a carriage return wrote over', ['10 %\r50 %\r100 %\ndone\n'], ['100 %', 'done']],
  ['no bells', ['a\x07b\x00c\td\n'], ['abc\td']],
  ['nothing', ['', '\r\n\r\n'], []],
])('keeps %s', (_, pieces, lines) => {
  expect(read(...pieces)).toEqual(lines)
})

test('keeps the last 200 lines, and cuts one that never ends', () => {
  const many = Array.from({ length: 1000 }, (_, i) => `line ${i}\r\n`)
  const kept = read(...many)
  expect(kept).toHaveLength(MOST_LINES)
  expect(kept.at(-1)).toBe('line 999')
  expect(read('x'.repeat(1_000_000))[0]).toHaveLength(2000)
})

test('a letter of several bytes may come in two pieces', () => {
  const lines = new SerialLines()
  const [first, ...rest] = new TextEncoder().encode('ü\n')
  lines.take(new Uint8Array([first ?? 0]))
  lines.take(new Uint8Array(rest))
  expect(lines.read()).toEqual(['ü'])
})
