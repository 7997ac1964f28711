'use client'

import type { Me, Role } from '@/lib/api/contract'
import { bestRole, isAtLeast, roleOn } from '@/lib/api/roles'
import { useSession } from './queries'

/** Why a person of this role may not do what takes `needed`, null if they may. The server decides; this only says it early. */
export function whyNotRole(role: Role | undefined, needed: Role): string | null {
  if (role === undefined) return 'Not signed in yet.'
  if (isAtLeast(role, needed)) return null
  return `This takes ${withArticle(needed)}; you are ${withArticle(role)}.`
}

const withArticle = (role: Role) => `${/^[aeo]/.test(role) ? 'an' : 'a'} ${role}`

/** Where a role counts: on one topology, on the whole panel, or wherever the person has the most. */
export type RoleAt = { topology: string | null } | 'panel' | 'anywhere'

function roleAt(me: Me, at: RoleAt): Role {
  if (at === 'anywhere') return bestRole(me)
  return at === 'panel' || at.topology === null ? me.role : roleOn(me, at.topology)
}

/** Why this person may not do what takes `needed` there, null if they may. */
export function useWhyNotRole(needed: Role, at: RoleAt = 'panel'): string | null {
  const me = useSession().data?.me
  return whyNotRole(me ? roleAt(me, at) : undefined, needed)
}
