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
  | { do: 'remove'; at: number }
  | { do: 'copy'; at: number; id: string }
  /** Typed by hand: comments, other values, what is no YAML at all. */
  | { do: 'type'; at: number; line: string }
  | { do: 'cut'; at: number }

/** One request. `back`: made from the revision that many before the head; negative: from none. */
export type Act =
  | { kind: 'save'; back: number; edits: Edit[]; message: string }
  | { kind: 'restore'; back: number; revision: number }
  | { kind: 'layout'; lens: 'network' | 'physical'; items: string[] }

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
)

const oddValue: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, true, false, '', 'yes', '!secret x', '10.2.0.300', '10.2.0.0/24'),
  fc.constantFrom<Json>([], {}, [[]], { $secret: 'token' }, { a: { b: 1 } }, '\u0000', 'é\n# x'),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ maxLength: 20 }),
)

const line = fc.constantFrom(
  ...['# a note of mine', '', '  ', 'colour: red', '  - x', '\t', '{', '&a b', '*a', '--- ', '...'],
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
      message: fc.constantFrom('', ' ', 'more memory', "'; DROP TABLE Revision; --"),
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
      items: fc.uniqueArray(id, { maxLength: 3 }),
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
