import type { JobKind, Role } from '@/lib/api/contract'
import { GOALS, mayDo } from './access'
import { denied } from './admit'
import { type Asker, roleAt } from './sight'

/**
 * Refuses (403) whose role on this topology is less, where the route's own row is not the whole
 * answer.
 */
export function requireRole(asker: Asker, needed: Role, topologyId: string): void {
  const role = roleAt(asker, topologyId)
  if (!mayDo(role, needed)) throw denied(role, needed)
}

/** Who may set a job of this kind going: as for its goal; errands only read. */
export const roleForJob = (kind: JobKind): Role =>
  kind in GOALS ? GOALS[kind as keyof typeof GOALS] : 'operator'
