import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_TEXT_BYTES } from '@/lib/base/text-limit'
import { DARK_KNIGHT } from './blueprints/dark-knight'
import { parseTopology } from './parse'
import { runs } from './testing/runs'

const HEAD = 'drawbridge: 1\nname: x\n'
const codesOf = (text: string) => {
  const result = parseTopology(text)
  return result.ok ? [] : result.faults.map(({ code }) => code)
}
const values = (text: string) => `${HEAD}clusters: {k: {addOns: {a: {values: ${text}}}}}`

/** Name, text, and what it is refused as. */
const HOSTILE: readonly (readonly [string, string, string | RegExp])[] = [
  ['a million open lists', `${HEAD}vms: ${'['.repeat(1_000_000)}`, /^text\.too-(deep|many)$/],
  ['a million open maps', `${HEAD}vms: ${'{a: '.repeat(1_000_000)}`, /^text\.too-(deep|many)$/],
  [
    'a million nested items on one line',
    `${HEAD}vms: \n  ${'- '.repeat(1_000_000)}a`,
    'text.too-deep',
  ],
  ['a million explicit keys', `${HEAD}${'? '.repeat(1_000_000)}a`, 'text.too-deep'],
  ['65 levels', values(`${'{a: '.repeat(70)}1${'}'.repeat(70)}`), 'text.too-deep'],
  ['two million items', `${HEAD}about: [${'a,'.repeat(2_000_000)}]`, 'text.too-many'],
  ['more than four MiB', `${HEAD}about: ${'a'.repeat(MAX_TEXT_BYTES)}`, 'text.too-large'],
  [
    'more than four MiB as UTF-8',
    `${HEAD}about: "${'ß'.repeat(MAX_TEXT_BYTES / 2)}"`,
    'text.too-large',
  ],
  ['an alias', values('{a: &a [1], b: *a}'), 'text.alias'],
  ['a merge key', `${HEAD}vms:\n  a: &a {role: plain}\n  b: {<<: *a}`, 'text.alias'],
  ['a duplicate key', values('{a: 1, a: 2}'), 'text.duplicate-key'],
  ['a duplicate by escape', values('{a: 1, "\\x61": 2}'), 'text.duplicate-key'],
  ['a tag of JavaScript', values('!!js/function "function () {}"'), 'text.syntax'],
  ['a tag of Python', values('!!python/object/apply:os.system [id]'), 'text.syntax'],
  ['a binary', values('!!binary aGk='), 'text.syntax'],
  ['a set', values('!!set {a, b}'), 'text.syntax'],
  ['__proto__', values('{__proto__: {admin: true}}'), 'text.unsafe-key'],
  ['__proto__ in quotes', values('{"__proto__": {admin: true}}'), 'text.unsafe-key'],
  ['__proto__ by escape', values('{"\\u005f_proto__": 1}'), 'text.unsafe-key'],
  ['NUL', `${HEAD}about: a\u0000b`, 'text.hidden-character'],
  ['an escape sequence of terminals', `${HEAD}about: \u001b[2J`, 'text.hidden-character'],
  [
    'a direction override in a comment',
    `${HEAD}# \u202e } :ecalp rehto na`,
    'text.hidden-character',
  ],
  ['an isolate in a value', `${HEAD}about: a\u2066b`, 'text.hidden-character'],
  ['a direction override by escape', `${HEAD}about: "a\\u202eb"`, 'text.hidden-character'],
  ['a direction override in a key', values('{"a\\u202eb": 1}'), 'text.hidden-character'],
  ['a lone carriage return', `${HEAD}about: safe\rname: other`, 'text.hidden-character'],
  ['a line separator', `${HEAD}about: a\u2028name: other`, 'text.hidden-character'],
  ['a byte order mark in the middle', `${HEAD}about: a\ufeffb`, 'text.hidden-character'],
  ['half a surrogate pair', `${HEAD}about: "\ud800"`, 'text.hidden-character'],
  [
    'digits that a number would lose',
    values('{n: 123456789012345678901234}'),
    'text.number-too-large',
  ],
  ['infinity', values('{n: .inf}'), 'text.not-a-number'],
  ['another YAML', `%YAML 1.1\n---\n${HEAD}`, 'text.directive'],
  ['two documents', `${HEAD}---\n${HEAD}`, 'text.syntax'],
]

test.each(HOSTILE)('%s is refused in words, with its place', (_, text, code) => {
  const result = parseTopology(text)
  if (result.ok) throw new Error('it was accepted')
  expect(result.faults.map((fault) => fault.code)).toContainEqual(expect.stringMatching(code))
  for (const { line, column, message } of result.faults) {
    expect(line).toBeGreaterThan(0)
    expect(column).toBeGreaterThan(0)
    expect(message).toMatch(/ - |\. /)
  }
})

test('a hidden character is told by line, column and code point', () => {
  const result = parseTopology(`${HEAD}about: ab\u202ecd`)
  expect(result).toMatchObject({
    ok: false,
    faults: [{ line: 3, column: 10, message: expect.stringContaining('U+202E') }],
  })
})

test('what people write is none of that: a mark in front, CRLF, umlauts, emoji, dates, constructor', () => {
  for (const text of [
    `\ufeff${HEAD}`,
    HEAD.replaceAll('\n', '\r\n'),
    `${HEAD}about: "Käse 🧀 日本語 \\t tab"`,
    values('{when: 2026-11-24, at: 12:30:00, constructor: {prototype: 1}, toString: x}'),
  ])
    expect(codesOf(text)).not.toContain('text.hidden-character')
  expect(codesOf(`${HEAD}about: "Käse 🧀 日本語"`)).toEqual([])
  expect(codesOf(`\ufeff${HEAD}`)).toEqual([])
})

test('no key changes what every object inherits', () => {
  for (const key of ['__proto__', 'constructor', 'prototype', 'hasOwnProperty'])
    parseTopology(values(`{${key}: {polluted: true}}`))
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
})

test('whatever is sent, it is read or refused, never thrown', () => {
  const pieces = [
    '\u0000',
    '\u202e',
    '&a ',
    '*a',
    '<<: ',
    '!!x ',
    '? ',
    '- ',
    '[',
    '{',
    '"',
    '\\',
    '|',
    '\r',
    '\t',
    '%',
    '---\n',
    '\ud800',
  ]
  const damaged = fc
    .array(fc.tuple(fc.nat(), fc.constantFrom(...pieces)), { maxLength: 5 })
    .map((hits) =>
      hits.reduce((text, [at, piece]) => {
        const place = at % (text.length + 1)
        return text.slice(0, place) + piece + text.slice(place)
      }, DARK_KNIGHT),
    )
  fc.assert(
    fc.property(fc.oneof(damaged, fc.string({ unit: 'binary', maxLength: 400 })), (text) => {
      const result = parseTopology(text)
      if (!result.ok) expect(result.faults.length).toBeGreaterThan(0)
    }),
    runs(100),
  )
})
