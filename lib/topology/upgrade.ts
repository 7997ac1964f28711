import type { Json } from './change'
import { at, isMap } from './json'

/** The version that this program reads and writes. */
export const DOCUMENT_VERSION = 1

/** `LIFTS[n]` makes a value of version n one of version n + 1. */
export type Lifts = Readonly<Record<number, (value: Json) => Json>>

/** Version 1 is the first; each later one adds its lift here and a frozen sample in `testing/`. */
const LIFTS: Lifts = {}

/** A lifted value, or why the text cannot be read: a sentence. */
export type Upgraded = { ok: true; value: Json; from: number } | { ok: false; message: string }

/** Lifts a value to the current version, step by step. */
export function upgrade(value: Json, current = DOCUMENT_VERSION, lifts = LIFTS): Upgraded {
  const from = at(value, 'drawbridge')
  if (from === undefined) {
    const what = isMap(value) ? 'The document does not name its version' : 'This is no document'
    return { ok: false, message: `${what} - begin with the line "drawbridge: ${current}".` }
  }
  if (typeof from !== 'number' || !Number.isInteger(from) || from < 1) {
    return {
      ok: false,
      message: `drawbridge is ${JSON.stringify(from)} - write "drawbridge: ${current}".`,
    }
  }
  if (from > current) {
    return {
      ok: false,
      message: `The document is of version ${from}, this panel reads up to ${current} - update the panel.`,
    }
  }
  let lifted = value
  for (let version = from; version < current; version++) {
    const lift = lifts[version]
    if (!lift)
      return {
        ok: false,
        message: `Version ${version} is no longer read - open it with an older panel first.`,
      }
    lifted = lift(lifted)
  }
  return { ok: true, value: lifted, from }
}
