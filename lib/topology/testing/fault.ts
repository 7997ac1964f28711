import type { Change, Json } from '../change'

/** A change written as a dotted path; without a value it removes. */
export const set = (path: string, to?: Json): Change => ({
  path: path.split('.'),
  ...(to === undefined ? {} : { to }),
})

/**
 * Changes to the sound topology that make one problem: its code, its path, whether one edit fixes
 * it, and the changes that come nearest to it without making it (none: the sound topology itself).
 */
export type Fault = [
  code: string,
  at: string,
  changes: Change[],
  fixed: boolean,
  passing?: Change[],
]
