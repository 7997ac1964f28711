import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diffLines, hunks } from './text-diff'

const signs = (before: string, after: string) =>
  diffLines(before, after).map(
    (line) => `${{ same: ' ', gone: '-', new: '+' }[line.kind]}${line.text}`,
  )

test('a changed line is one gone and one new', () => {
  expect(signs('a\nb\nc', 'a\nx\nc')).toEqual([' a', '-b', '+x', ' c'])
})

test('a moved block is told once as gone and once as new', () => {
  expect(signs('a\nb\nc\nd', 'c\nd\na\nb').filter((line) => line.startsWith(' '))).toHaveLength(2)
})

test('equal texts have no difference', () => {
  expect(hunks(diffLines('a\nb', 'a\nb'))).toEqual([2])
})

test('the lines that are not new are the older text, those not gone the newer', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 30 })
    .map((lines) => lines.join('\n'))
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = diffLines(before, after)
      expect(
        lines
          .filter((l) => l.kind !== 'new')
          .map((l) => l.text)
          .join('\n'),
      ).toBe(before)
      expect(
        lines
          .filter((l) => l.kind !== 'gone')
          .map((l) => l.text)
          .join('\n'),
      ).toBe(after)
    }),
  )
})

test('hunks keep three lines around and count what is left out', () => {
  const before = Array.from({ length: 20 }, (_, i) => `line ${i}`)
  const after = before.with(10, 'other')
  const parts = hunks(diffLines(before.join('\n'), after.join('\n')))
  expect(parts.map((part) => (typeof part === 'number' ? part : part.length))).toEqual([7, 8, 6])
})
