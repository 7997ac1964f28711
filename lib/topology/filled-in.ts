import type { Json } from './change'
import { isMap, sameJson } from './json'

/** The fields that are written on save where they are absent (`allocate`). */
const ALLOCATED: ReadonlySet<string> = new Set(['vmid', 'mac', 'address'])

/**
 * Whether `to` is `from` with nothing but VMIDs, MACs and addresses filled in: no person's work, so
 * it gives way to one's. False for equal values and for absent ones.
 */
export function isOnlyFilledIn(from: Json | null, to: Json | null): boolean {
  return from !== null && to !== null && !sameJson(from, to) && covers(from, to)
}

function covers(from: Json, to: Json): boolean {
  if (!isMap(from) || !isMap(to)) return sameJson(from, to)
  if (Object.keys(from).some((key) => !Object.hasOwn(to, key))) return false
  return Object.keys(to).every((key) =>
    Object.hasOwn(from, key) ? covers(from[key] as Json, to[key] as Json) : ALLOCATED.has(key),
  )
}
