/** Claims as a provider sends them. */
export type Claims = Readonly<Record<string, unknown>>

/**
 * A claim by its name, or, where there is none of that name, by a path of names with dots as
 * Keycloak nests them (`realm_access.roles`). Undefined: missing.
 */
export function claimAt(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name]
  let at: unknown = claims
  for (const step of name.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined
    at = (at as Claims)[step]
  }
  return at
}

/** What a person is called; null: the claim is missing, empty or no text. */
export function nameIn(claims: Claims, claim: string): string | null {
  const value = claimAt(claims, claim)
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null
}

/**
 * The groups of a claim: a list of names, one name, or an object whose keys are the names, as
 * Zitadel sends roles. Null: the claim is missing, which is not the same as being in no group.
 */
export function groupsIn(claims: Claims, claim: string): string[] | null {
  const value = claimAt(claims, claim)
  if (value === undefined || value === null) return null
  if (typeof value === 'string') return value === '' ? [] : [value]
  if (Array.isArray(value)) return value.filter((each) => typeof each === 'string')
  return typeof value === 'object' ? Object.keys(value) : []
}
