import type { Json } from './change'

/** A JSON map, as opposed to an array, a scalar or null. */
export type JsonMap = { [key: string]: Json }

/** Whether it is a map that a path may step into; a `{$secret: name}` is one value. */
export const isMap = (value: Json | undefined): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isSecretRef(value)

/** Whether it is a reference to a sealed secret, `!secret name` in the text. */
export const isSecretRef = (value: unknown): value is { $secret: string } =>
  typeof value === 'object' &&
  value !== null &&
  // First, because maps of thousands of keys are asked too, and counting those takes time.
  typeof (value as { $secret?: unknown }).$secret === 'string' &&
  Object.keys(value).length === 1

/** Own value at a key; never something inherited such as `constructor`. */
export const at = (value: Json | undefined, key: string): Json | undefined =>
  isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined

/** Value at a path, undefined where there is none. */
export const atPath = (value: Json | undefined, path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>(at, value)

/** Deep equality. The order of keys does not count. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
    return a.every((each, i) => sameJson(each, b[i]))
  }
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
}
