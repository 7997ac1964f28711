'use client'

import { useWhyNotRole } from '@/components/query/use-may'
import { useNarrow } from '@/components/ui/use-narrow'
import type { Plan } from '@/lib/plan/plan'

/**
 * Why this person may not set a plan of this level going on that topology here, null if they may;
 * without a topology it is the test of a connection.
 */
export function useWhyNotLevel(level: Plan['level'], topology: string | null): string | null {
  const role = useWhyNotRole(
    level === 3 ? 'admin' : 'operator',
    topology === null ? 'anywhere' : { topology },
  )
  const phone = useNarrow()
  if (phone && level === 3)
    return 'What destroys is approved at a desk: open this page on a wider screen.'
  return role
}
