import { canonicalHash } from '@/lib/base/canonical-hash'
import type { Step } from './step'

/**
 * Names what a plan does: ids, kinds, arguments and needs, in any order. Reasons, estimates and
 * ages are left out, so that looking again does not make an approved plan stale.
 */
export function hashSteps(steps: readonly Step[]): string {
  const named = steps.map(({ id, kind, args, needs }) => ({
    ...{ id, kind, args },
    needs: needs.toSorted(),
  }))
  return canonicalHash(named.sort((a, b) => (a.id < b.id ? -1 : 1)))
}
