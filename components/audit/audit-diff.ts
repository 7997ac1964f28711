import type { AuditRow } from '@/lib/api/contract-audit'
import type { Json } from '@/lib/topology/change'

/** One field of an entry: what it was and is; null where that side has none. */
export type AuditField = { field: string; before: string | null; after: string | null }

/**
 * The fields that are not as they were, by their path. Where an entry has one side only, all of that
 * side. A save's change list is a line for each change.
 */
export function auditFields({ before, after }: Pick<AuditRow, 'before' | 'after'>): AuditField[] {
  const was = flat(before)
  const is = flat(after)
  const oneSided = before === null || after === null
  return [...new Set([...was.keys(), ...is.keys()])]
    .map((field) => ({ field, before: was.get(field) ?? null, after: is.get(field) ?? null }))
    .filter((each) => oneSided || each.before !== each.after)
    .concat(changesIn(after))
}

/** Leaves by their path; the change list is told apart. */
function flat(value: Json | null, path = '', out = new Map<string, string>()): Map<string, string> {
  if (value === null && path === '') return out
  if (isMap(value)) {
    for (const [key, each] of Object.entries(value)) {
      if (path === '' && key === 'changes') continue
      flat(each, path === '' ? key : `${path}.${key}`, out)
    }
  } else if (Array.isArray(value) && value.every((each) => typeof each !== 'object')) {
    out.set(path, value.length === 0 ? 'none' : value.join(', '))
  } else {
    out.set(path, textOf(value))
  }
  return out
}

function changesIn(after: Json | null): AuditField[] {
  if (!isMap(after) || !Array.isArray(after.changes)) return []
  return after.changes.flatMap((change) => {
    if (!isMap(change) || !Array.isArray(change.path)) return []
    return [
      {
        field: change.path.join('.'),
        before: change.from === undefined ? null : textOf(change.from),
        after: change.to === undefined ? null : textOf(change.to),
      },
    ]
  })
}

function textOf(value: Json): string {
  if (value === null || value === '') return 'none'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const isMap = (value: Json | null): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
