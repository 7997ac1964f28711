import type { LabState } from './state'

/** Next pseudo-random 32-bit number of this lab (mulberry32); the seed lives in the state. */
function next(state: LabState): number {
  state.seed = (state.seed + 0x6d2b79f5) >>> 0
  let t = state.seed
  t = Math.imul(t ^ (t >>> 15), t | 1)
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
  return (t ^ (t >>> 14)) >>> 0
}

/** An integer from `low` to `high`, both inclusive. */
export const randomInt = (state: LabState, low: number, high: number): number =>
  low + (next(state) % (high - low + 1))

/** `length` lower-case hexadecimal digits. */
export function randomHex(state: LabState, length: number): string {
  let text = ''
  while (text.length < length) text += next(state).toString(16).padStart(8, '0')
  return text.slice(0, length)
}

/** A version 4 UUID in lower case. */
export function randomUuid(state: LabState): string {
  const hex = randomHex(state, 32)
  const variant = '89ab'[randomInt(state, 0, 3)]
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
}

/** A MAC address with PVE's default prefix `BC:24:11`. */
export function randomMac(state: LabState): string {
  const tail = randomHex(state, 6).toUpperCase()
  return `BC:24:11:${tail.slice(0, 2)}:${tail.slice(2, 4)}:${tail.slice(4, 6)}`
}
