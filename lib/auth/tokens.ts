import { createHash, randomBytes } from 'node:crypto'
import { Refusal } from '@/lib/api/refusal'
import { isScope } from '@/lib/api/scopes'
import { findGrants } from '@/lib/db/accounts'
import { findTokenByHash, noteTokenUse, type StoredToken } from '@/lib/db/api-tokens'
import type { Db } from '@/lib/db/client'
import { parseRole } from './access'
import { peerFrom } from './peer'
import type { PanelSession } from './session'
import type { WrongTokens } from './wrong-tokens'

const PREFIX = 'dbt_'
const FORM = /^dbt_[A-Za-z0-9_-]{43}$/

/** A new token with 256 random bits, to be shown once. */
export const newToken = (): string => PREFIX + randomBytes(32).toString('base64url')

/** What is stored of a token: it is random enough that a plain SHA-256 (base64url) gives nothing away. */
export const hashOfToken = (token: string): string =>
  createHash('sha256').update(token).digest('base64url')

/** By which people tell their tokens apart: `dbt_3fK9`. */
export const beginningOf = (token: string): string => token.slice(0, PREFIX.length + 4)

/** What follows `Bearer` in these headers, if anything does. */
export const bearerOf = (headers: Headers): string | null =>
  /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? null

/** Whether it wants to be one of ours; a proxy in front may send bearers of its own. */
export const isOurs = (bearer: string): boolean => bearer.startsWith(PREFIX)

export type TokenDeps = { db: Db; wrong: WrongTokens; now: number; log(line: string): void }

/**
 * Who a token speaks for, with what its owner may at this moment. Refuses (401 `token.invalid`) what
 * is no token or whose owner is disabled, (401 `token.expired`) what ended, and (429) an address that
 * sent too many that are none; a good token is let in also from there.
 */
export async function findTokenSession(
  { db, wrong, now, log }: TokenDeps,
  bearer: string,
  headers: Headers,
): Promise<PanelSession> {
  const peer = peerFrom(headers)
  const found = FORM.test(bearer) ? await findTokenByHash(db, hashOfToken(bearer)) : null
  if (!found || found.user.disabled) {
    wrong.refuseTooMany(peer, now)
    throw new Refusal(
      401,
      'token.invalid',
      'This token is not valid - it was revoked, mistyped or never made, or its owner was disabled - make a new one under Settings, Tokens.',
    )
  }
  if (found.expiresAt !== null && found.expiresAt.getTime() <= now) {
    throw new Refusal(
      401,
      'token.expired',
      `This token ended on ${found.expiresAt.toISOString().slice(0, 10)} - it was made to last until then - make a new one under Settings, Tokens.`,
    )
  }
  await noteTokenUse(db, found, { now, from: peer }).catch((error: unknown) =>
    log(`the last use of token ${found.id} could not be noted: ${String(error)}`),
  )
  return toSession(db, found)
}

async function toSession(db: Db, token: StoredToken): Promise<PanelSession> {
  const { user } = token
  return {
    id: token.id,
    kind: 'token',
    me: {
      id: user.id,
      name: user.displayUsername ?? user.name,
      role: parseRole(user.role),
      grants: await findGrants(db, user.id),
    },
    confirmedAt: null,
    expiresAt: token.expiresAt?.getTime() ?? null,
    scopes: token.scopes.filter(isScope),
    topologies: token.topologies,
    token: token.name,
  }
}
