import type { Scope } from './scopes'

/** GET /api/me/tokens (one's own), GET /api/tokens (of everybody, for admins): newest first. */
export type TokenSummary = {
  id: string
  name: string
  /** How it begins: `dbt_3fK9`. */
  prefix: string
  scopes: Scope[]
  /** The only topologies that it is for; null: all that its owner may see. */
  topologies: string[] | null
  owner: { id: string; name: string }
  /** Its owner may not sign in, so that the token is dead as well. */
  ownerDisabled: boolean
  createdAt: number
  /** Null: until it is revoked. */
  expiresAt: number | null
  lastUsedAt: number | null
  lastUsedFrom: string | null
}

/** How long a token may last, in days; null: until it is revoked. */
export type TokenDays = 7 | 30 | 90 | 365 | null

/** POST /api/me/tokens */
export type CreateTokenRequest = {
  name: string
  scopes: Scope[]
  topologies: string[] | null
  days: TokenDays
}
/** The token itself is in this answer and nowhere else. */
export type CreateTokenAnswer = { token: string; summary: TokenSummary }
