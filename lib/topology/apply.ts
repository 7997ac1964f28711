import type { ChangeSet, Json } from './change'
import { at, isMap, type JsonMap } from './json'
import type { Topology } from './topology'

/**
 * The topology with the changes made, in order. What they do not touch is shared with the old one,
 * so `===` tells what stayed. `from` is not looked at: changes are facts about the document that
 * they were made for. Missing parents are made.
 */
export function applyChanges(topology: Topology, changes: ChangeSet): Topology {
  let value = topology as unknown as Json
  for (const { path, to, before } of changes) value = put(value, path, to, before)
  return value as unknown as Topology
}

function put(value: Json, path: readonly string[], to: Json | undefined, before?: string): Json {
  const [key, ...rest] = path
  if (key === undefined) return to ?? {}
  const map: JsonMap = isMap(value) ? value : {}
  if (rest.length > 0) {
    const child = at(map, key)
    if (child === undefined && to === undefined) return map
    return setKey(map, key, put(child ?? {}, rest, to, before))
  }
  if (to !== undefined) return setKey(map, key, to, before)
  const { [key]: _gone, ...kept } = map
  return kept
}

/** A key that is there keeps its place; a new one goes in front of `before`, or to the end. */
function setKey(map: JsonMap, key: string, value: Json, before?: string): JsonMap {
  if (before === undefined || Object.hasOwn(map, key) || !Object.hasOwn(map, before)) {
    return { ...map, [key]: value }
  }
  const result: JsonMap = {}
  for (const [each, old] of Object.entries(map)) {
    if (each === before) result[key] = value
    result[each] = old
  }
  return result
}
