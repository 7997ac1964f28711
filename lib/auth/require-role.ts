import type { JobKind, Me, Role } from '@/lib/api/contract'
import { Refusal } from '@/lib/api/refusal'
import { GOALS, mayDo } from './access'

/** Refuses (403) a person whose role is less, where the route's own row is not the whole answer. */
export function requireRole(me: Me, role: Role): void {
  if (mayDo(me.role, role)) return
  throw new Refusal(
    403,
    'access.denied',
    `Your role "${me.role}" may not do this - it needs "${role}" - ask an admin of this panel.`,
  )
}

/** Who may set a job of this kind going: as for its goal; errands only read. */
export const roleForJob = (kind: JobKind): Role =>
  kind in GOALS ? GOALS[kind as keyof typeof GOALS] : 'operator'
