import type { ChangeSet } from './change'

/** What became of one object, or of one field of the document itself. */
export type Touched = {
  /** `[kind, id]` of an object; of an add-on, a storage or a disk the path to it as well. */
  path: string[]
  verb: 'added' | 'removed' | 'changed'
  /** The fields that changed, as their keys; none of what was added or removed. */
  fields: string[]
}

/** Parts of an object that are shown as objects of their own. */
const PARTS: ReadonlySet<string> = new Set(['addOns', 'storages', 'disks'])

/** The objects that changes touch, each once, in the order of the changes. Moved ones are changed. */
export function touchedBy(changes: ChangeSet): Touched[] {
  const found = new Map<string, Touched>()
  for (const { path, from, to } of changes) {
    const length = PARTS.has(path[2] ?? '') && path.length > 3 ? 4 : Math.min(path.length, 2)
    const key = path.slice(0, length).join('/')
    const verb =
      path.length > length || length === 1
        ? 'changed'
        : from === undefined
          ? 'added'
          : to === undefined
            ? 'removed'
            : 'changed'
    const field = path.length > length ? path.slice(length).at(-1) : undefined
    const before = found.get(key)
    if (before === undefined) {
      found.set(key, { path: path.slice(0, length), verb, fields: field ? [field] : [] })
      continue
    }
    if (before.verb !== verb) before.verb = 'changed'
    if (field !== undefined && !before.fields.includes(field)) before.fields.push(field)
  }
  return [...found.values()]
}
