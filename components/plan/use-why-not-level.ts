'use client'

import { useWhyNotRole } from '@/components/query/use-may'
import { useNarrow } from '@/components/ui/use-narrow'
import type { Plan } from '@/lib/plan/plan'

/** Why this person may not set a plan of this level going here, null if they may. */
export function useWhyNotLevel(level: Plan['level']): string | null {
  const role = useWhyNotRole(level === 3 ? 'admin' : 'operator')
  const phone = useNarrow()
  if (phone && level === 3)
    return 'What destroys is approved at a desk: open this page on a wider screen.'
  return role
}
