import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyChanges } from './apply'
import { invert } from './change'
import { diff } from './diff'
import { formatText, formatTopology } from './format'
import { mergeTexts, mergeTopologies } from './merge'
import { parseTopology } from './parse'
import { rewriteText } from './rewrite'
import { topologies } from './testing/arbitrary'
import { runs, SLOW } from './testing/runs'
import { canonical } from './testing/same-document'
import type { Topology } from './topology'

const RUNS = runs(25)

function read(text: string): Topology {
  const parsed = parseTopology(text)
  if (!parsed.ok) throw new Error(`${JSON.stringify(parsed.faults)}\n${text}`)
  return parsed.topology
}

const expectSame = (a: Topology, b: Topology) => expect(canonical(a)).toBe(canonical(b))

test('what is formatted is read back as it was', SLOW, () => {
  fc.assert(
    fc.property(topologies, (topology) => {
      expectSame(read(formatTopology(topology)), topology)
    }),
    RUNS,
  )
})

test('formatting a text keeps its value, and twice is once', SLOW, () => {
  fc.assert(
    fc.property(topologies, (topology) => {
      const once = formatText(formatTopology(topology))
      expectSame(read(once), topology)
      expect(formatText(once)).toBe(once)
    }),
    RUNS,
  )
})

test('a diff makes one document into the other, and inverted back', SLOW, () => {
  fc.assert(
    fc.property(topologies, topologies, (a, b) => {
      const changes = diff(a, b)
      expectSame(applyChanges(a, changes), b)
      expectSame(applyChanges(applyChanges(a, changes), invert(changes)), a)
      expect(diff(a, a)).toEqual([])
      expect(invert(invert(changes))).toEqual(changes)
    }),
    RUNS,
  )
})

test('a text is rewritten to exactly what the changes say, and back', SLOW, () => {
  fc.assert(
    fc.property(topologies, topologies, (a, b) => {
      const changes = diff(a, b)
      const text = formatTopology(a)
      const there = rewriteText(text, changes)
      expectSame(read(there), b)
      expectSame(read(rewriteText(there, invert(changes))), a)
    }),
    RUNS,
  )
})

test('merging with an unchanged side gives the other; with itself, itself', SLOW, () => {
  fc.assert(
    fc.property(topologies, topologies, (base, other) => {
      for (const [mine, theirs] of [
        [base, other],
        [other, base],
        [other, other],
      ] as const) {
        const merged = mergeTopologies(base, mine, theirs)
        if (!merged.ok) throw new Error(JSON.stringify(merged.conflicts))
        expectSame(merged.topology, other)
      }
    }),
    RUNS,
  )
})

test(
  'a merge takes every change of both sides or names the conflict, whoever is first',
  SLOW,
  () => {
    fc.assert(
      fc.property(topologies, topologies, topologies, (base, mine, theirs) => {
        const merged = mergeTopologies(base, mine, theirs)
        const swapped = mergeTopologies(base, theirs, mine)
        expect(swapped.ok).toBe(merged.ok)
        if (!merged.ok) {
          expect(merged.conflicts.length).toBeGreaterThan(0)
          return
        }
        const [a, b, c] = [base, mine, theirs].map(formatTopology)
        const texts = mergeTexts(a!, b!, c!)
        if (!texts.ok) throw new Error('the texts conflict and their values do not')
        expectSame(read(texts.text), merged.topology)
      }),
      RUNS,
    )
  },
)
