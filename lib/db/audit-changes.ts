import type { Change, Json } from '@/lib/topology/change'
import type { AuditFacts } from './audit-actions'

/** So many of a save's changes are written down; the revisions themselves have all. */
const KEPT_CHANGES = 100
/** A longer value is cut: the entry says what kind of thing changed, not its whole text. */
const KEPT_CHARACTERS = 200

/** A change as it is kept in an entry: without its place among its siblings. */
export type KeptChange = { path: string[]; from?: Json; to?: Json }

/** What a save did, short enough for a log that is kept for ever; `omitted` counts what is left out. */
export function keepChanges(changes: readonly Change[]): {
  changes: KeptChange[]
  omitted: number
} {
  const kept = changes.slice(0, KEPT_CHANGES).map(({ path, from, to }) => ({
    path: [...path],
    ...(from === undefined ? {} : { from: shorten(from) }),
    ...(to === undefined ? {} : { to: shorten(to) }),
  }))
  return { changes: kept, omitted: changes.length - kept.length }
}

function shorten(value: Json): Json {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length <= KEPT_CHARACTERS ? value : `${text.slice(0, KEPT_CHARACTERS)}…`
}

/** The changes of an entry of a save or a restore; none of any other. */
export function changesOf(after: Json | null): KeptChange[] {
  const changes = isMap(after) ? after.changes : undefined
  if (!Array.isArray(changes)) return []
  return changes.flatMap((each) => {
    if (!isMap(each) || !Array.isArray(each.path)) return []
    return [{ ...each, path: each.path.map(String) }]
  })
}

/** `memory of k8s-worker-2 4 GiB → 8 GiB, and 3 more (revision 42)`. */
export function changesInWords({ after }: Pick<AuditFacts, 'after'>): string | null {
  const [first, ...others] = changesOf(after)
  const omitted = isMap(after) && typeof after.omitted === 'number' ? after.omitted : 0
  const more = others.length + omitted
  const words = [first ? changeInWords(first) : null, more > 0 ? `${more} more` : null]
  return withRevision(words.filter((each) => each !== null).join(', and '), after)
}

/**
 * What a save did to one object, named as on the object's own page: `memory 4 GiB → 8 GiB (revision
 * 42)`. Null when it did not touch it.
 */
export function changesOfObject(after: Json | null, object: string): string | null {
  const mine = changesOf(after).filter(({ path }) => path.slice(0, 2).join('/') === object)
  if (mine.length === 0) return null
  return withRevision(mine.map((change) => fieldInWords(change)).join(', '), after)
}

function withRevision(words: string, after: Json | null): string | null {
  const revision = isMap(after) ? after.revision : undefined
  if (typeof revision !== 'number') return words || null
  return words ? `${words} (revision ${revision})` : `revision ${revision}`
}

function changeInWords(change: KeptChange): string {
  const [, id] = change.path
  if (id === undefined) return fieldInWords({ ...change, path: ['', '', ...change.path] })
  if (change.path.length === 2) return `${id} ${fieldInWords(change)}`
  return fieldInWords(change, ` of ${id}`)
}

function fieldInWords({ path, from, to }: KeptChange, whose = ''): string {
  const key = path.at(-1) ?? ''
  if (path.length <= 2 && from === undefined) return 'added'
  if (path.length <= 2 && to === undefined) return 'removed'
  const label = labelOf(path) + whose
  if (isLarge(from) || isLarge(to)) {
    return `${label} ${from === undefined ? 'added' : to === undefined ? 'removed' : 'changed'}`
  }
  return `${label} ${valueInWords(key, from)} → ${valueInWords(key, to)}`
}

const isLarge = (value: Json | undefined): boolean => typeof value === 'object' && value !== null

const UNITS: readonly [RegExp, string][] = [
  [/Mib$/, 'MiB'],
  [/Gib$/, 'GiB'],
  [/Ms$/, 'ms'],
  [/S$/, 's'],
]

/** `memory`, `start delay`, `nics lan address`: a path in its object, without units. */
function labelOf(path: readonly string[]): string {
  const words = path.slice(2).map((key, i, keys) => (i === keys.length - 1 ? fieldLabel(key) : key))
  return words.join(' ')
}

function fieldLabel(key: string): string {
  if (key === 'cpus') return 'vCPUs'
  const unit = UNITS.find(([end]) => end.test(key))
  const name = unit ? key.replace(unit[0], '') : key
  return name.replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`)
}

function valueInWords(key: string, value: Json | undefined): string {
  if (value === undefined || value === null || value === '') return 'none'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value !== 'number') return typeof value === 'string' ? value : JSON.stringify(value)
  const unit = UNITS.find(([end]) => end.test(key))?.[1]
  if (unit === 'MiB' && value >= 1024 && value % 256 === 0) return `${value / 1024} GiB`
  return unit ? `${value} ${unit}` : String(value)
}

const isMap = (value: unknown): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
