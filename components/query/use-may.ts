'use client'

import type { Role } from '@/lib/api/contract'
import { useSession } from './queries'

const RANK: Record<Role, number> = { member: 0, viewer: 1, operator: 2, editor: 3, admin: 4 }

/** Why this person may not do what takes `needed`, null if they may. The server decides; this only says it early. */
export function whyNotRole(role: Role | undefined, needed: Role): string | null {
  if (role === undefined) return 'Not signed in yet.'
  if (RANK[role] >= RANK[needed]) return null
  const article = /^[aeo]/.test(needed) ? 'an' : 'a'
  return `This takes ${article} ${needed}; you are ${/^[aeo]/.test(role) ? 'an' : 'a'} ${role}.`
}

export function useWhyNotRole(needed: Role): string | null {
  const { data } = useSession()
  return whyNotRole(data?.me?.role, needed)
}
