import type { Me, Role } from './contract'

/** From the least to the most. Each may do what those before it may. */
export const RANK: readonly Role[] = ['member', 'viewer', 'operator', 'editor', 'admin']

/** Whether a person of this role may do what `needed` may. */
export const isAtLeast = (role: Role, needed: Role): boolean =>
  RANK.indexOf(role) >= RANK.indexOf(needed)

/**
 * What a person may on one topology: what was granted there, otherwise what they may everywhere. An
 * admin of the panel is one everywhere.
 */
export function roleOn(me: Pick<Me, 'role' | 'grants'>, topologyId: string): Role {
  if (me.role === 'admin') return 'admin'
  return Object.hasOwn(me.grants, topologyId) ? (me.grants[topologyId] ?? me.role) : me.role
}

/** The greatest of these roles; a member's where there are none. */
export const mostOf = (roles: readonly Role[]): Role =>
  roles.reduce<Role>((most, role) => (isAtLeast(most, role) ? most : role), 'member')

/** The most that a person may anywhere. */
export const bestRole = (me: Pick<Me, 'role' | 'grants'>): Role =>
  mostOf([me.role, ...Object.values(me.grants)])
