import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deepRun } from '@/scripts/test/deep-run'
import { applyChanges } from './apply'
import { DARK_KNIGHT } from './blueprints/dark-knight'
import { type Change, invert, type Json } from './change'
import { changesOf, type Edit } from './edit'
import { formatText } from './format'
import { atPath, isMap } from './json'
import { mergeTexts } from './merge'
import { parseTopology } from './parse'
import { rewriteText } from './rewrite'
import { canonical } from './testing/same-document'
import { KINDS, type Topology } from './topology'

const SIZES = { sample: 40, full: 3000 }
const TEXT = formatText(DARK_KNIGHT)
const DOCUMENT = read(TEXT)

function read(text: string): Topology {
  const parsed = parseTopology(text)
  if (!parsed.ok) throw new Error(`${JSON.stringify(parsed.faults)}\n${text}`)
  return parsed.topology
}

const idsOf = (kind: (typeof KINDS)[number]) => Object.keys(DOCUMENT[kind] ?? {})
const vm = fc.constantFrom(...idsOf('vms'))
const network = fc.constantFrom(...idsOf('networks'))
const fresh = fc.constantFrom('one-more', 'a', 'zz-9')

const anyEdit: fc.Arbitrary<Edit> = fc.oneof(
  fc
    .constantFrom(
      ...KINDS.flatMap((collection) => idsOf(collection).map((id) => ({ collection, id }))),
    )
    .map((object): Edit => ({ kind: 'removeObject', ...object })),
  fc.record({
    kind: fc.constant('addVm' as const),
    id: fresh,
    role: fc.constantFrom('worker' as const, 'plain' as const),
    network,
  }),
  fc.record({ kind: fc.constant('duplicateVm' as const), vm, id: fresh }),
  fc.record({
    kind: fc.constant('resizeVm' as const),
    vm,
    size: fc.constantFrom(...idsOf('sizes')),
  }),
  fc.record({ kind: fc.constant('addNic' as const), vm, network }),
  fc.record({
    kind: fc.constant('addDisk' as const),
    vm,
    sizeGib: fc.integer({ min: 1, max: 4000 }),
  }),
  fc.record({
    kind: fc.constant('set' as const),
    path: vm.map((id) => ['vms', id, 'memoryMib']),
    value: fc.integer({ min: 1, max: 900_000 }),
  }),
)

test('every edit and its inverse are the document again, as value and as text', (context) => {
  const { cases, seed } = deepRun(context, SIZES)
  fc.assert(
    fc.property(anyEdit, (edit) => {
      const changes = changesOf(DOCUMENT, edit)
      const there = applyChanges(DOCUMENT, changes)
      expect(canonical(applyChanges(there, invert(changes)))).toBe(canonical(DOCUMENT))
      const text = rewriteText(TEXT, changes)
      expect(canonical(read(text))).toBe(canonical(there))
      expect(canonical(read(rewriteText(text, invert(changes))))).toBe(canonical(DOCUMENT))
    }),
    { numRuns: cases, seed },
  )
})

/** Fields whose numbers may be anything, so that whatever is merged is read. */
const PLACES = KINDS.flatMap((kind) => numbersIn(DOCUMENT[kind] as unknown as Json, [kind])).filter(
  ({ path }) => /^(memoryMib|sizeGib|diskGib|cpuThreads)$/.test(path.at(-1) ?? ''),
)

function numbersIn(value: Json | undefined, path: string[]): { path: string[] }[] {
  if (typeof value === 'number') return [{ path }]
  if (!isMap(value)) return []
  return Object.entries(value).flatMap(([key, inner]) => numbersIn(inner, [...path, key]))
}

/** What one side does: numbers by place, and perhaps a comment above a kind of object. */
const side = fc.record({
  numbers: fc.dictionary(
    fc.nat({ max: PLACES.length - 1 }).map(String),
    fc.integer({ min: 100_000, max: 900_000 }),
    { minKeys: 1, maxKeys: 4 },
  ),
  above: fc.constantFrom('networks:', 'sizes:', 'vms:', 'clusters:', ''),
})
type Side = { numbers: Record<string, number>; above: string }

function changed(side: Side, who: string): { text: string; changes: Change[] } {
  const changes = Object.entries(side.numbers).map(
    ([place, to]): Change => ({ path: PLACES[Number(place)]?.path ?? [], to }),
  )
  const text = rewriteText(TEXT, changes)
  if (side.above === '') return { text, changes }
  return { text: text.replace(`\n${side.above}`, `\n# ${who} was here\n${side.above}`), changes }
}

test('two browsers and a Git push at once lose nothing; a conflict is only where two wrote', (context) => {
  const { cases, seed } = deepRun(context, SIZES)
  fc.assert(
    fc.property(fc.tuple(side, side, side), (sides) => {
      const [mine, theirs, pushed] = sides.map((each, n) => changed(each, `side ${n}`))
      if (!mine || !theirs || !pushed) throw new Error('three sides')
      let head = mine
      for (const next of [theirs, pushed]) {
        const both = next.changes.filter(({ path, to }) => {
          const is = atPath(read(head.text) as unknown as Json, path)
          return is !== atPath(DOCUMENT as unknown as Json, path) && is !== to
        })
        const merged = mergeTexts(TEXT, next.text, head.text)
        expect(merged.ok).toBe(both.length === 0)
        if (!merged.ok) {
          expect(merged.conflicts.map(({ path }) => path.join('.')).toSorted()).toEqual(
            both.map(({ path }) => path.join('.')).toSorted(),
          )
          return
        }
        head = { text: merged.text, changes: [...head.changes, ...next.changes] }
        const wanted = applyChanges(DOCUMENT, head.changes)
        // The order counts too: NICs and disks get their slots by it.
        expect(JSON.stringify(read(head.text))).toBe(JSON.stringify(wanted))
      }
      const comments = (text: string) => text.match(/#.*$/gm) ?? []
      expect(comments(head.text)).toEqual(expect.arrayContaining(comments(TEXT)))
    }),
    { numRuns: cases, seed },
  )
})

// The properties beside the code, with the full numbers; `npm test` runs them where they are.
if (process.env.DEEP === 'full') {
  await import('./document.property.test')
  await import('./ipam-property.test')
}
