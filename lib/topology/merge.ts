import { assert } from '@/lib/base/assert'
import type { Change, Json } from './change'
import { diff } from './diff'
import { at, isMap, type JsonMap, sameJson } from './json'
import { mergeKeys, mergeLists } from './merge-order'
import { parseTopology } from './parse'
import { rewriteText } from './rewrite'
import { childShape, ROOT, type Shape } from './shape'
import { lineMerges } from './text/merge-lines'
import type { Topology } from './topology'

/** Both sides changed this differently; where it is absent it is null. */
export type Conflict = {
  path: string[]
  base: Json | null
  mine: Json | null
  theirs: Json | null
}

/** The two sides of a merge. */
export type Side = 'mine' | 'theirs'

/** Whose value stands where both changed the same; null leaves it a conflict. */
export type Choose = (conflict: Conflict) => Side | null

const NOBODY: Choose = () => null

/** The merged text with what it changes in theirs, or every place where a person must choose. */
export type MergeResult =
  | { ok: true; text: string; changes: Change[] }
  | { ok: false; conflicts: Conflict[] }

/**
 * Three-way merge of texts that all parse. What only one side changed is taken; what both changed
 * alike is taken once; anything else is a conflict, unless `choose` knows whose stands. Comments of
 * both sides are kept where the lines can be told apart.
 */
export function mergeTexts(
  base: string,
  mine: string,
  theirs: string,
  choose: Choose = NOBODY,
): MergeResult {
  const theirTopology = read(theirs)
  const merged = mergeTopologies(read(base), read(mine), theirTopology, choose)
  if (!merged.ok) return merged
  const changes = diff(theirTopology, merged.topology)
  const text = textOfMerge({ base, mine, theirs }, merged.topology)
  return { ok: true, text, changes }
}

/**
 * A text that says what the three texts' values were merged to, with the comments of both sides. The
 * lines are merged first; where they alone agree and mean something else, or nothing, what they say
 * is put right value by value.
 */
export function textOfMerge(
  { base, mine, theirs }: Record<'base' | Side, string>,
  wanted: Topology,
): string {
  let near: { text: string; changes: Change[] } | null = null
  for (const text of lineMerges(base, mine, theirs)) {
    const parsed = parseTopology(text)
    if (!parsed.ok) continue
    const changes = diff(parsed.topology, wanted)
    if (changes.length === 0) return parsed.text
    near ??= { text: parsed.text, changes }
  }
  return near
    ? rewriteText(near.text, near.changes)
    : rewriteText(theirs, diff(read(theirs), wanted))
}

function read(text: string): Topology {
  const parsed = parseTopology(text)
  assert(parsed.ok, 'mergeTexts was given a text that does not parse')
  return parsed.topology
}

/** The same on values. */
export function mergeTopologies(
  base: Topology,
  mine: Topology,
  theirs: Topology,
  choose: Choose = NOBODY,
): { ok: true; topology: Topology } | { ok: false; conflicts: Conflict[] } {
  const conflicts: Conflict[] = []
  const [a, b, c] = [base, mine, theirs] as unknown as [Json, Json, Json]
  const chosen = (conflict: Conflict) => {
    const side = choose(conflict)
    if (side === null) conflicts.push(conflict)
    return side ?? 'theirs'
  }
  const merged = merge({ base: a, mine: b, theirs: c }, ROOT, [], chosen)
  if (conflicts.length > 0) return { ok: false, conflicts }
  return { ok: true, topology: merged as unknown as Topology }
}

type Sides = { base: Json | undefined; mine: Json | undefined; theirs: Json | undefined }
type Chosen = (conflict: Conflict) => Side

function merge(sides: Sides, shape: Shape, path: string[], chosen: Chosen): Json | undefined {
  const { base, mine, theirs } = sides
  if (same(mine, base, shape)) return theirs
  if (same(theirs, base, shape) || same(mine, theirs, shape)) return mine
  const list = shape.kind === 'value' ? mergeValues(sides) : null
  if (list !== null) return list
  const whole = isMap(base) || shape.kind === 'map'
  if (!isMap(mine) || !isMap(theirs) || !whole) {
    const conflict = { base: base ?? null, mine: mine ?? null, theirs: theirs ?? null }
    return sides[chosen({ path, ...conflict })]
  }
  const result: JsonMap = {}
  const baseKeys = Object.keys(isMap(base) ? base : {})
  for (const key of mergeKeys(baseKeys, Object.keys(mine), Object.keys(theirs))) {
    const inner = { base: at(base, key), mine: at(mine, key), theirs: at(theirs, key) }
    const value = merge(inner, childShape(shape, key), [...path, key], chosen)
    if (value !== undefined) result[key] = value
  }
  return result
}

/** Lists of one field item by item; null for anything else. A list that is absent has no items. */
function mergeValues({ base = [], mine, theirs }: Sides): Json[] | null {
  return Array.isArray(base) && Array.isArray(mine) && Array.isArray(theirs)
    ? mergeLists(base, mine, theirs)
    : null
}

/** Equal, and in maps of objects in the same order. */
const same = (a: Json | undefined, b: Json | undefined, shape: Shape): boolean =>
  a === b || (sameJson(a, b) && sameOrder(a, b, shape))

function sameOrder(a: Json | undefined, b: Json | undefined, shape: Shape): boolean {
  if (a === b || !isMap(a) || !isMap(b)) return true
  const keys = Object.keys(a)
  const other = Object.keys(b)
  if (shape.kind === 'map' && keys.some((key, i) => key !== other[i])) return false
  return keys.every((key) => sameOrder(a[key], b[key], childShape(shape, key)))
}
