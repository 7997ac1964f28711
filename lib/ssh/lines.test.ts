import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CUT_AT, KnownSecrets, LineMasker } from '@/lib/base/mask'
import { lineReader } from './lines'

/** The same bytes in chunks that end at these places, characters cut in two included. */
function chunksOf(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b)
  return [...places, bytes.length].map((end, i) => bytes.subarray(places[i - 1] ?? 0, end))
}

function linesOf(chunks: readonly Buffer[]): string[] {
  const lines: string[] = []
  const reader = lineReader((line) => lines.push(line))
  for (const chunk of chunks) reader.push(chunk)
  reader.end()
  return lines
}

const cuts = fc.array(fc.nat(), { maxLength: 12 })

test('property: lines are the same whatever the chunks are', () => {
  const text = fc
    .string({ unit: 'grapheme', maxLength: 80 })
    .map((each) => each.replaceAll('\r', ''))
  fc.assert(
    fc.property(text, cuts, (each, at) => {
      const bytes = Buffer.from(each)
      expect(linesOf(chunksOf(bytes, at))).toEqual(linesOf([bytes]))
    }),
  )
})

test('property: a secret in pieces is not seen, whatever pieces it comes in', () => {
  const secret = fc
    .string({ unit: 'grapheme', minLength: 10, maxLength: 40 })
    .filter((each) => each.trim().length >= 10 && each.isWellFormed() && !/[\r\n]/.test(each))
  const around = fc.string({ maxLength: 60 })
  fc.assert(
    fc.property(secret, around, around, cuts, (value, before, after, at) => {
      const known = new KnownSecrets()
      known.add(value)
      const masker = new LineMasker(known)
      const bytes = Buffer.from(`first\n${before}${value}${after}\nlast`)
      const masked = linesOf(chunksOf(bytes, at)).map((line) => masker.mask(line))
      expect(masked.join('\n')).not.toContain(value)
      expect(masked[0]).toBe('first')
      expect(masked.at(-1)).toBe('last')
    }),
  )
})

test('a line without end comes in pieces, so that no memory grows with it', () => {
  const lines: number[] = []
  const reader = lineReader((line) => lines.push(line.length))
  const chunk = Buffer.alloc(2 ** 20, 'x')
  for (let i = 0; i < 9; i++) reader.push(chunk)
  reader.push(Buffer.from('\nnext\n'))
  expect(lines).toEqual([CUT_AT, CUT_AT, 2 ** 20, 4])
})
