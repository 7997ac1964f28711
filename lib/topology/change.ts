/** JSON as it is stored in a document. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

/**
 * One difference between two documents: at `path`, `from` became `to`. An absent side means the
 * key is not there. Paths step through maps only; an array is one value. Swapping the sides is the
 * inverse, so undo, audit and sync need nothing else.
 *
 * `before` says where in its map a key is added or was removed: in front of that key, absent means
 * at the end. It is given only in maps of objects, where the order counts (NICs and disks get their
 * slots by it); the fields of an object have the schema's order.
 */
export type Change = { path: readonly string[]; from?: Json; to?: Json; before?: string }

/** Changes that belong together: one gesture, one undo step. */
export type ChangeSet = readonly Change[]

/** The change set that takes the result back. */
export function invert(changes: ChangeSet): Change[] {
  return changes.toReversed().map(({ path, from, to, before }) => ({
    path,
    ...(to === undefined ? {} : { from: to }),
    ...(from === undefined ? {} : { to: from }),
    ...(before === undefined ? {} : { before }),
  }))
}
