import type { AuditQuery } from '@/lib/api/contract-audit'
import { pages } from '@/lib/api/paths'

/** What the page's URL holds: texts, as they stand in its fields. Days are `2026-11-24`. */
export type AuditFilter = {
  who: string
  group: string
  topology: string
  outcome: string
  object: string
  from: string
  to: string
  q: string
}

const NAMES = ['who', 'group', 'topology', 'outcome', 'object', 'from', 'to', 'q'] as const

/** The filter of a URL; what is not there is empty. */
export const readFilter = (search: URLSearchParams): AuditFilter =>
  Object.fromEntries(NAMES.map((name) => [name, search.get(name) ?? ''])) as AuditFilter

/** The page with this filter. */
export function filterPath(filter: AuditFilter): string {
  const query = new URLSearchParams(NAMES.flatMap((n) => (filter[n] ? [[n, filter[n]]] : [])))
  return pages.audit(query.size > 0 ? `?${query}` : '')
}

const OUTCOMES = ['done', 'refused', 'failed'] as const

/** What is asked of the API. Days are those of the reader's zone, both inclusive. */
export function toQuery(filter: AuditFilter): AuditQuery {
  const { who, group, topology, object } = filter
  const q = filter.q.trim()
  const outcome = OUTCOMES.find((each) => each === filter.outcome)
  const from = dayStart(filter.from)
  const to = dayStart(filter.to)
  return {
    ...(who ? { who } : {}),
    ...(group ? { group } : {}),
    ...(topology ? { topology } : {}),
    ...(object ? { object } : {}),
    ...(outcome ? { outcome } : {}),
    ...(from === null ? {} : { from: from.getTime() }),
    ...(to === null ? {} : { to: nextDay(to).getTime() - 1 }),
    ...(q ? { q } : {}),
  }
}

function dayStart(text: string): Date | null {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? []
  if (!year) return null
  const date = new Date(Number(year), Number(month) - 1, Number(day))
  return Number.isNaN(date.getTime()) || date.getTime() < 0 ? null : date
}

/** A day of a change of the clocks has 23 or 25 hours. */
const nextDay = (day: Date) => new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1)
