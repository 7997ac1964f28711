import { assert } from '@/lib/base/assert'
import type { Change, Json } from './change'
import { diff } from './diff'
import { at, isMap, type JsonMap, sameJson } from './json'
import { parseTopology } from './parse'
import { rewriteText } from './rewrite'
import { childShape, ROOT, type Shape } from './shape'
import { mergeLines } from './text/merge-lines'
import type { Topology } from './topology'

/** Both sides changed this differently; an absent side is null. */
export type Conflict = { path: string[]; mine: Json | null; theirs: Json | null }

/** The merged text with what it changes in theirs, or every place where a person must choose. */
export type MergeResult =
  | { ok: true; text: string; changes: Change[] }
  | { ok: false; conflicts: Conflict[] }

/**
 * Three-way merge of texts that all parse. What only one side changed is taken; what both changed
 * alike is taken once; anything else is a conflict. Comments of both sides are kept where the lines
 * can be merged; where they cannot, the result is their text with my changes in it.
 */
export function mergeTexts(base: string, mine: string, theirs: string): MergeResult {
  const theirTopology = read(theirs)
  const merged = mergeTopologies(read(base), read(mine), theirTopology)
  if (!merged.ok) return merged
  const changes = diff(theirTopology, merged.topology)
  const text = linesOf(base, mine, theirs, merged.topology) ?? rewriteText(theirs, changes)
  return { ok: true, text, changes }
}

/** The line-wise merge, if it says what the values say; lines alone may agree and mean nonsense. */
function linesOf(base: string, mine: string, theirs: string, wanted: Topology): string | null {
  const text = mergeLines(base, mine, theirs)
  const parsed = text === null ? null : parseTopology(text)
  return parsed?.ok && diff(parsed.topology, wanted).length === 0 ? parsed.text : null
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
): { ok: true; topology: Topology } | { ok: false; conflicts: Conflict[] } {
  const conflicts: Conflict[] = []
  const [a, b, c] = [base, mine, theirs] as unknown as [Json, Json, Json]
  const merged = merge({ base: a, mine: b, theirs: c }, ROOT, [], conflicts)
  if (conflicts.length > 0) return { ok: false, conflicts }
  return { ok: true, topology: merged as unknown as Topology }
}

type Sides = { base: Json | undefined; mine: Json | undefined; theirs: Json | undefined }

function merge(
  sides: Sides,
  shape: Shape,
  path: string[],
  conflicts: Conflict[],
): Json | undefined {
  const { base, mine, theirs } = sides
  if (same(mine, base, shape)) return theirs
  if (same(theirs, base, shape) || same(mine, theirs, shape)) return mine
  const whole = isMap(base) || shape.kind === 'map'
  if (!isMap(mine) || !isMap(theirs) || !whole) {
    conflicts.push({ path, mine: mine ?? null, theirs: theirs ?? null })
    return theirs
  }
  const result: JsonMap = {}
  for (const key of mergeKeys(Object.keys(isMap(base) ? base : {}), mine, theirs)) {
    const inner = { base: at(base, key), mine: at(mine, key), theirs: at(theirs, key) }
    const value = merge(inner, childShape(shape, key), [...path, key], conflicts)
    if (value !== undefined) result[key] = value
  }
  return result
}

/** Equal, and in maps of objects in the same order. */
const same = (a: Json | undefined, b: Json | undefined, shape: Shape): boolean =>
  sameJson(a, b) && sameOrder(a, b, shape)

function sameOrder(a: Json | undefined, b: Json | undefined, shape: Shape): boolean {
  if (a === b || !isMap(a) || !isMap(b)) return true
  const keys = Object.keys(a)
  const other = Object.keys(b)
  if (shape.kind === 'map' && keys.some((key, i) => key !== other[i])) return false
  return keys.every((key) => sameOrder(a[key], b[key], childShape(shape, key)))
}

/**
 * All keys, in the order of the side that changed it (mine where both did); keys that only the
 * other side has follow the one that they follow there.
 */
function mergeKeys(base: string[], mine: JsonMap, theirs: JsonMap): string[] {
  const [mineKeys, theirKeys] = [Object.keys(mine), Object.keys(theirs)]
  const reordered = !sameSequence(common(base, mineKeys), common(mineKeys, base))
  const [lead, follow] = reordered ? [mineKeys, theirKeys] : [theirKeys, mineKeys]
  const result = [...lead]
  const placed = new Set(lead)
  let previous: string | undefined
  for (const key of follow) {
    if (!placed.has(key)) {
      result.splice(previous === undefined ? 0 : result.indexOf(previous) + 1, 0, key)
      placed.add(key)
    }
    previous = key
  }
  return result
}

const common = (keys: string[], other: string[]) => {
  const known = new Set(other)
  return keys.filter((key) => known.has(key))
}

const sameSequence = (a: string[], b: string[]) => a.every((key, i) => key === b[i])
