import type { Change, Json } from './change'
import { at, isMap, type JsonMap, sameJson } from './json'
import { longestIncreasing } from './longest-increasing'
import { childShape, ROOT, type Shape } from './shape'
import type { Topology } from './topology'

/**
 * The changes that make `a` into `b`, as few and as deep as maps allow: applying them to `a` gives
 * `b`, order of maps included. What both share by reference is not walked, so comparing a document
 * with its edited self costs little more than the edit.
 */
export function diff(a: Topology, b: Topology): Change[] {
  const changes: Change[] = []
  walk(a as unknown as Json, b as unknown as Json, ROOT, [], changes)
  return changes
}

function walk(a: Json, b: Json, shape: Shape, path: string[], changes: Change[]) {
  if (a === b) return
  if (!isMap(a) || !isMap(b)) {
    if (!sameJson(a, b)) changes.push({ path, from: a, to: b })
    return
  }
  if (shape.kind === 'map') walkMap(a, b, shape, path, changes)
  else walkGroup(a, b, shape, path, changes)
}

/** Fields: their order is the schema's, so only presence and value count. */
function walkGroup(a: JsonMap, b: JsonMap, shape: Shape, path: string[], changes: Change[]) {
  for (const key of Object.keys(a)) {
    const to = at(b, key)
    if (to === undefined) changes.push({ path: [...path, key], from: a[key]! })
    else walk(a[key]!, to, childShape(shape, key), [...path, key], changes)
  }
  for (const key of Object.keys(b)) {
    if (!Object.hasOwn(a, key)) changes.push({ path: [...path, key], to: b[key]! })
  }
}

/** Objects by id: what stands in another order is taken out and put in again. */
function walkMap(a: JsonMap, b: JsonMap, shape: Shape, path: string[], changes: Change[]) {
  const keysA = Object.keys(a)
  const keysB = Object.keys(b)
  const kept = keptInPlace(keysA, keysB)
  keysA.forEach((key, i) => {
    if (!kept.has(key)) changes.push(placed({ path: [...path, key], from: a[key]! }, keysA[i + 1]))
  })
  for (const key of keysA) {
    if (kept.has(key)) walk(a[key]!, b[key]!, childShape(shape, key), [...path, key], changes)
  }
  const added: Change[] = []
  let before: string | undefined
  for (const key of keysB.toReversed()) {
    if (kept.has(key)) before = key
    else added.push(placed({ path: [...path, key], to: b[key]! }, before))
  }
  changes.push(...added.reverse())
}

const placed = (change: Change, before: string | undefined): Change =>
  before === undefined ? change : { ...change, before }

/** The most keys that stand in both lists in the same order. */
function keptInPlace(keysA: string[], keysB: string[]): Set<string> {
  if (keysA.length === keysB.length && keysA.every((key, i) => key === keysB[i])) {
    return new Set(keysA)
  }
  const placeInB = new Map(keysB.map((key, i) => [key, i]))
  const common = keysA.filter((key) => placeInB.has(key))
  const chosen = longestIncreasing(common.map((key) => placeInB.get(key)!))
  return new Set(chosen.map((i) => common[i]!))
}
