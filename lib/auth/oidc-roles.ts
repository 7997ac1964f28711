import type { Role } from '@/lib/api/contract'
import { mostOf } from '@/lib/api/roles'
import type { OidcSettings } from '@/lib/db/oidc-settings'

/** What somebody may, by their groups at the provider. */
export type MappedRoles = { role: Role; grants: Record<string, Role> }

type Rules = Pick<OidcSettings, 'allowedGroups' | 'mapping' | 'defaultRole'>

/** Whether somebody with these groups may sign in at all. */
export const isAdmitted = ({ allowedGroups }: Rules, groups: readonly string[]): boolean =>
  allowedGroups.length === 0 || allowedGroups.some((group) => groups.includes(group))

/** Whether groups decide anything; where they do and the provider sends none, nobody is let in. */
export const needsGroups = ({ allowedGroups, mapping }: Rules): boolean =>
  allowedGroups.length > 0 || mapping.length > 0

/**
 * The roles that groups stand for: of several lines for one place the most counts, and everywhere
 * the default where no line says more. Null: there is no mapping, roles are given here.
 */
export function mappedRoles(
  { mapping, defaultRole }: Rules,
  groups: readonly string[],
): MappedRoles | null {
  if (mapping.length === 0) return null
  const mine = mapping.filter(({ group }) => groups.includes(group))
  const everywhere = mine.filter(({ topologyId }) => topologyId === null)
  const role = mostOf([defaultRole, ...everywhere.map(({ role }) => role)])
  const places = new Set(mine.flatMap(({ topologyId }) => topologyId ?? []))
  const grants = [...places].map((place) => {
    const roles = mine.filter(({ topologyId }) => topologyId === place).map(({ role }) => role)
    return [place, mostOf(roles)] as const
  })
  return { role, grants: Object.fromEntries(grants) }
}

/**
 * What an account is called after a name of the provider: letters, digits, dots, hyphens and
 * underscores, at most 40; null: nothing of it is left. `ada@example.org` is `ada`.
 */
export function accountName(name: string): string | null {
  const local = name.includes('@') ? name.slice(0, name.indexOf('@')) : name
  const plain = local
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|-+$/g, '')
    .slice(0, 40)
  return plain.length >= 2 ? plain : null
}
