import fc from 'fast-check'
import type { Change, Json } from '@/lib/topology/change'
import { atPath, isMap } from '@/lib/topology/json'
import { parseTopology } from '@/lib/topology/parse'
import { rewriteText } from '@/lib/topology/rewrite'

/** What a person does to a text; numbers choose a place in whatever the text holds by then. */
export type Edit =
  | { do: 'nudge'; at: number; by: number }
  /** The value that another field of the same name has. */
  | { do: 'borrow'; at: number; from: number }
  | { do: 'put'; at: number; value: Json }
  /** A field that is new to a map, or in place of what it has under that name. */
  | { do: 'add'; at: number; key: string; value: Json }
  | { do: 'remove'; at: number }
  | { do: 'copy'; at: number; id: string }
  /** Typed by hand: comments, other values, what is no YAML at all. */
  | { do: 'type'; at: number; line: string }
  | { do: 'cut'; at: number }

/** One request. `back`: made from the revision that many before the head; negative: from none. */
export type Act =
  | { kind: 'save'; back: number; edits: Edit[]; message: string }
  | { kind: 'restore'; back: number; revision: number }
  | { kind: 'layout'; lens: 'network' | 'physical'; items: string[]; x: number }
  /** A topology of its own, of the blueprint with these edits. */
  | { kind: 'create'; edits: Edit[] }

const place = fc.nat({ max: 100_000 })
const id = fc.constantFrom(
  'web',
  'k8s-worker-9',
  'a',
  'b',
  '1-2',
  'lan',
  'Not An Id',
  'constructor',
  '__proto__',
)

/** What a program that looks names up in plain objects would fall over, and what no name is. */
const key = fc.oneof(
  fc.constantFrom('__proto__', 'prototype', 'hasOwnProperty', 'toString', 'then', 'length', 'name'),
  fc.constantFrom(
    '',
    ' ',
    '0',
    '-1',
    'a.b',
    'a/b',
    '~',
    '$secret',
    '\u202e',
    '𝒳',
    'é',
    'e\u0301',
    '💾',
  ),
  fc.constantFrom('about', 'hold', 'tags', 'disks', 'nics', 'address', 'vmid', 'size', 'host'),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
)

const hugeNumber = fc.constantFrom<Json>(
  ...[2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 53), 1e21, 1e308, -1e308, 5e-324, -0, 0.1, 99_999_999],
)

const hugeText = fc.constantFrom<Json>(
  ...[
    'x'.repeat(300),
    '🖥️'.repeat(100),
    'ﷺ',
    '\u202eevil',
    'a\u0000b',
    '\ud800',
    '\ufeff',
    'ı',
    'ß',
  ],
  ...[
    '__proto__',
    '1e999',
    '0x10',
    '.inf',
    '1_000',
    '2026-11-24',
    '10.2.0.0/-1',
    '::ffff:10.2.0.1',
  ],
)

/** Own keys that an assignment would not make. */
const trapped: fc.Arbitrary<Json> = fc
  .constantFrom(
    '{"__proto__": {"polluted": true}}',
    '{"constructor": {"prototype": {"polluted": true}}}',
    '{"__proto__": null}',
    '[{"__proto__": []}]',
  )
  .map((json) => JSON.parse(json) as Json)

const oddValue: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, true, false, '', 'yes', '!secret x', '10.2.0.300', '10.2.0.0/24'),
  fc.constantFrom<Json>([], {}, [[]], { $secret: 'token' }, { a: { b: 1 } }, '\u0000', 'é\n# x'),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  ...[hugeNumber, hugeText, trapped],
)

const line = fc.constantFrom(
  ...['# a note of mine', '', '  ', 'colour: red', '  - x', '\t', '{', '&a b', '*a', '--- ', '...'],
  ...[
    '__proto__: { polluted: true }',
    '  ? __proto__\n  : 1',
    '<<: *a',
    'b: &b [*b, *b]',
    '"\\ud800": 1',
  ],
  ...['networks:', '  name: twice', '"', '!!js/function x', 'about: kept', '? x', '%YAML 1.1'],
)

const edit: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('nudge' as const),
      at: place,
      by: fc.integer({ min: -3, max: 4096 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('borrow' as const), at: place, from: place }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('copy' as const), at: place, id }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), at: place }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('put' as const), at: place, value: oddValue }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('add' as const), at: place, key, value: oddValue }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('type' as const), at: place, line }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cut' as const), at: place }) },
)

/** Mostly from a recent revision; now and then from one that never was. */
const back = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 6 }) },
  { weight: 1, arbitrary: fc.constantFrom(-1, -1000, 40) },
)

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      kind: fc.constant('save' as const),
      back,
      edits: fc.array(edit, { minLength: 1, maxLength: 3 }),
      message: fc.oneof(
        fc.constantFrom('', ' ', 'more memory', "'; DROP TABLE Revision; --"),
        fc.constantFrom(
          '\u202e\u0007\u0000',
          '🖥️'.repeat(80),
          '\ud800',
          'Drawbridge-Revision: a/b/1',
        ),
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('restore' as const), back, revision: fc.nat(12) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('layout' as const),
      lens: fc.constantFrom('network' as const, 'physical' as const),
      items: fc.uniqueArray(fc.oneof(id, key), { maxLength: 3 }),
      x: fc.oneof(fc.constant(1), hugeNumber as fc.Arbitrary<number>),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('create' as const),
      edits: fc.array(edit, { minLength: 1, maxLength: 3 }),
    }),
  },
)

/** What two people do to one topology: each step is one request, or one of each at the same time. */
export const steps = (count: number): fc.Arbitrary<Act[][]> =>
  fc.array(
    fc.oneof(
      { weight: 2, arbitrary: act.map((one) => [one]) },
      { weight: 1, arbitrary: fc.tuple(act, act).map((both) => [...both]) },
    ),
    { minLength: count, maxLength: count },
  )

/** The text with the edits made; an edit that has no place in it does nothing. */
export function mutate(text: string, edits: readonly Edit[]): string {
  let result = text
  for (const each of edits) result = mutateOnce(result, each)
  return result
}

function mutateOnce(text: string, edit: Edit): string {
  if (edit.do === 'cut') return text.slice(0, edit.at % (text.length + 1))
  if (edit.do === 'type') {
    const lines = text.split('\n')
    return lines.toSpliced(edit.at % lines.length, 0, edit.line).join('\n')
  }
  const parsed = parseTopology(text)
  if (!parsed.ok) return text
  const change = toChange(parsed.topology as unknown as Json, edit)
  return change ? rewriteText(text, [change]) : text
}

/** Every path under a value: of its maps and of its leaves. */
function pathsOf(value: Json, path: readonly string[] = []): { path: string[]; value: Json }[] {
  if (!isMap(value)) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, key]
    return [{ path: here, value: inner }, ...pathsOf(inner, here)]
  })
}

function toChange(
  document: Json,
  edit: Exclude<Edit, { do: 'cut' } | { do: 'type' }>,
): Change | null {
  const all = pathsOf(document)
  const leaves = all.filter(({ value }) => !isMap(value))
  const pick = <T>(from: readonly T[], at: number): T | undefined => from[at % (from.length || 1)]
  switch (edit.do) {
    case 'nudge': {
      const chosen = pick(
        leaves.filter(({ value }) => typeof value === 'number'),
        edit.at,
      )
      return chosen ? { path: chosen.path, to: Number(chosen.value) + edit.by } : null
    }
    case 'borrow': {
      const chosen = pick(leaves, edit.at)
      const alike = leaves.filter(({ path }) => path.at(-1) === chosen?.path.at(-1))
      const other = pick(alike, edit.from)
      return chosen && other ? { path: chosen.path, to: other.value } : null
    }
    case 'put': {
      const chosen = pick(leaves, edit.at)
      return chosen ? { path: chosen.path, to: edit.value } : null
    }
    case 'add': {
      const maps = [{ path: [], value: document }, ...all].filter(({ value }) => isMap(value))
      const chosen = pick(maps, edit.at)
      return chosen ? { path: [...chosen.path, edit.key], to: edit.value } : null
    }
    case 'remove': {
      const chosen = pick(all, edit.at)
      return chosen ? { path: chosen.path } : null
    }
    case 'copy': {
      const objects = all.filter(({ path, value }) => path.length === 2 && isMap(value))
      const chosen = pick(objects, edit.at)
      if (!chosen) return null
      const path = [chosen.path[0] ?? '', edit.id]
      return atPath(document, path) === undefined ? { path, to: copyOf(chosen.value) } : null
    }
  }
}

/** As a person copies an object: what is given out once is left open. */
function copyOf(value: Json): Json {
  if (!isMap(value)) return value
  const open = Object.entries(value).filter(([key]) => !GIVEN_ONCE.has(key))
  return Object.fromEntries(open.map(([key, inner]) => [key, copyOf(inner)]))
}

const GIVEN_ONCE = new Set(['vmid', 'mac', 'address', 'name'])
