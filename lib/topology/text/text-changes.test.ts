import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type TextChange, textChanges } from './text-changes'

const applied = (text: string, changes: readonly TextChange[]) =>
  changes.reduceRight((at, { from, to, insert }) => at.slice(0, from) + insert + at.slice(to), text)

const text = fc
  .array(fc.constantFrom('', 'a', 'b', 'aa', 'ab', '  c: 1', '  c: 12'), { maxLength: 9 })
  .map((lines) => lines.join('\n'))

test('the changes make one text into the other, in order and without touching each other', () => {
  fc.assert(
    fc.property(text, text, (now, next) => {
      const changes = textChanges(now, next)
      expect(applied(now, changes)).toBe(next)
      for (const [n, { from, to }] of changes.entries()) {
        expect(from).toBeLessThanOrEqual(to)
        expect(from).toBeGreaterThanOrEqual(changes[n - 1]?.to ?? 0)
      }
      expect(textChanges(now, now)).toEqual([])
    }),
    { numRuns: 2000, seed: 1 },
  )
})

test('what stands between two changes is not replaced', () => {
  const now = 'name: a\nvms:\n  one: 1\n  two: 2\nabout: x\n'
  const next = 'name: b\nvms:\n  one: 1\n  two: 2\nabout: xy\n'
  expect(textChanges(now, next)).toEqual([
    { from: 6, to: 7, insert: 'b' },
    { from: now.length - 1, to: now.length - 1, insert: 'y' },
  ])
})
