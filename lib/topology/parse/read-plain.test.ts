import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DARK_KNIGHT } from '../blueprints/dark-knight'
import { formatTopology } from '../format'
import { topologies } from '../testing/arbitrary'
import { big } from '../testing/big'
import { seedText } from '../testing/read-seed'
import { runs, SLOW } from '../testing/runs'
import { readDocument } from '../text/yaml-document'
import { readPlain } from './read-plain'
import { readValue } from './read-value'

/** What the YAML library makes of a text, or null where it finds a fault. */
function slowly(text: string) {
  const { document } = readDocument(text)
  if (document.errors.length + document.warnings.length > 0) return null
  const { value, faults } = readValue(document.contents)
  return faults.length > 0 ? null : value
}

const inOrder = (value: unknown) => JSON.stringify(value)

test('the documents that people have are read the short way', () => {
  for (const text of [DARK_KNIGHT, seedText(), formatTopology(big(50))]) {
    expect(inOrder(readPlain(text))).toBe(inOrder(slowly(text)))
  }
})

test.each([
  'a: "x" # y',
  "a: 'x # y'",
  'a: x#y',
  'a: x #y',
  'a: http://x/y?z#1',
  'a: [b, "c, d", 10.2.0.1, 1.5]',
  'a: {b: c, d: {e: [f]}}',
  'a: {b: c, b: d}',
  'a: {b}',
  'a: {b: }',
  'a: {b:c}',
  'a: [b: c]',
  'a: [a, ]',
  'a: [, a]',
  'a: [-, b]',
  'a: - b',
  'a: ? b',
  'a: 010',
  'a: 0x10',
  'a: 0o17',
  'a: .inf',
  'a: -.INF',
  'a: .NaN',
  'a: True',
  'a: FALSE',
  'a: NULL',
  'a: [0x10, .nan, Null]',
  'NULL: b',
  'a: 1_000',
  'a: 1e3',
  'a: +1',
  'a: -',
  'a: .5',
  'a: 2026-11-24',
  'a: ~',
  'a: null',
  'a: Yes',
  'a: b: c',
  'a: b:',
  'a: BC:24:11:00:00:01',
  'a: !secret b',
  'a: !secret',
  'a: !other b',
  'a: "b\\n"',
  "a: 'it''s'",
  'a: b\n  c: d',
  'a:\n  b: c\n d: e',
  'a:\n    b: c\n  d: e',
  'a:\n  b: c\ne: f',
  'a:\nb: c',
  'a:\n- b',
  'a: b\n  more',
  'a: |\n  b',
  'a: &x b',
  'a: *x',
  'a: b\na: c',
  'true: b',
  '1: b',
  'a: {true: b, 1: c}',
  'a : b',
  'a:b',
  '---\na: b',
  'a: b\n...',
  '%YAML 1.2\n---\na: b',
  'a: b \t',
  '\ta: b',
  ' a: b',
  'a: [b\n  , c]',
  'a: \u00a0b',
  'a: b\r\nc: d',
  '\ufeffa: b',
  'a: b\u2028c',
  'a: {b: c} # d',
  'a: {b: c}# d',
  'a: [x y, z:w]',
  'a: "" ',
  "a: ''",
  'a: "b"c',
  'a: ---',
  'a: ...',
  'a: a\\b',
])('%j is read as the YAML library reads it, or left to it', (text) => {
  const value = readPlain(text)
  if (value !== null) expect(inOrder(value)).toBe(inOrder(slowly(text)))
})

/** Pieces that mean something to YAML, put anywhere. */
const PIECES = [
  '',
  ' ',
  ':',
  '#',
  '"',
  "'",
  '-',
  '\n',
  '{',
  '}',
  '[',
  ']',
  ',',
  '!',
  '0',
  '  ',
  ': ',
  ' #',
  '\t',
  '&',
  '*',
  '~',
  'a',
  '.',
  '|',
  '?',
  '%',
  '\\',
  'null',
  '1e3',
  'é',
]

test('a damaged document is read alike or left alone', SLOW, () => {
  const texts = fc.oneof(
    fc.constantFrom(
      formatTopology(big(2)),
      ...DARK_KNIGHT.split(/(?=^\w)/m),
      ...seedText().split(/(?=^\w)/m),
    ),
    topologies.map(formatTopology),
  )
  const hit = fc.record({ at: fc.nat(), cut: fc.nat({ max: 3 }), put: fc.constantFrom(...PIECES) })
  let short = 0
  let all = 0
  fc.assert(
    fc.property(texts, fc.array(hit, { maxLength: 3 }), (original, hits) => {
      const text = hits.reduce((each, { at, cut, put }) => {
        const place = at % (each.length + 1)
        return each.slice(0, place) + put + each.slice(place + cut)
      }, original)
      const value = readPlain(text)
      all++
      if (value === null) return
      short++
      expect(inOrder(value)).toBe(inOrder(slowly(text)))
    }),
    runs(200),
  )
  expect(short / all).toBeGreaterThan(0.15)
})
