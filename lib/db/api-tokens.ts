import { randomUUID } from 'node:crypto'
import type { TokenSummary } from '@/lib/api/contract-tokens'
import { noSuch, Refusal } from '@/lib/api/refusal'
import { type Actor, type AuditNote, appendAudit } from './audit'
import type { Db } from './client'
import type { ApiToken, User } from './generated/client'
import { transact } from './transact'

/** A token's row with its owner and its lists read. */
export type StoredToken = Omit<ApiToken, 'scopesJson' | 'topologiesJson'> & {
  scopes: string[]
  topologies: string[] | null
  user: Pick<User, 'id' | 'name' | 'displayUsername' | 'role' | 'disabled'>
}

/** Nobody needs more; a program that makes one each night must not fill the card. */
const MOST_PER_PERSON = 50
/** The last use is written at most so often, in milliseconds. */
const USE_NOTED_MS = 60_000

const OWNER = {
  select: { id: true, name: true, displayUsername: true, role: true, disabled: true },
} as const

/** The token of this hash; null if there is none. */
export async function findTokenByHash(db: Db, hash: string): Promise<StoredToken | null> {
  const row = await db.apiToken.findUnique({ where: { hash }, include: { user: OWNER } })
  if (!row) return null
  const { scopesJson, topologiesJson, ...rest } = row
  return { ...rest, ...readLists(row) }
}

const readLists = (row: Pick<ApiToken, 'scopesJson' | 'topologiesJson'>) => ({
  scopes: JSON.parse(row.scopesJson) as string[],
  topologies: row.topologiesJson === null ? null : (JSON.parse(row.topologiesJson) as string[]),
})

/** Notes when and from where a token was used, unless that was done within the last minute. */
export async function noteTokenUse(
  db: Db,
  { id, lastUsedAt }: Pick<StoredToken, 'id' | 'lastUsedAt'>,
  { now, from }: { now: number; from: string },
): Promise<void> {
  if (lastUsedAt !== null && now - lastUsedAt.getTime() < USE_NOTED_MS) return
  const data = { lastUsedAt: new Date(now), lastUsedFrom: from }
  await db.apiToken.updateMany({ where: { id }, data })
}

/** Tokens, of one person or (absent) of all, newest first. */
export async function listTokens(db: Db, userId?: string): Promise<TokenSummary[]> {
  const rows = await db.apiToken.findMany({
    where: userId === undefined ? {} : { userId },
    include: { user: OWNER },
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
  })
  return rows.map(toSummary)
}

function toSummary(row: ApiToken & { user: StoredToken['user'] }): TokenSummary {
  return {
    ...{ id: row.id, name: row.name, prefix: row.prefix },
    ...(readLists(row) as Pick<TokenSummary, 'scopes' | 'topologies'>),
    owner: { id: row.userId, name: row.user.displayUsername ?? row.user.name },
    ownerDisabled: row.user.disabled,
    createdAt: row.createdAt.getTime(),
    expiresAt: row.expiresAt?.getTime() ?? null,
    lastUsedAt: row.lastUsedAt?.getTime() ?? null,
    lastUsedFrom: row.lastUsedFrom,
  }
}

/** What a token is made of; `hash` and `prefix` are of the token that is shown once. */
export type NewToken = {
  userId: string
  name: string
  hash: string
  prefix: string
  scopes: readonly string[]
  topologies: readonly string[] | null
  expiresAt: number | null
}

/** Stores a new token. Refuses (409) more than {@link MOST_PER_PERSON} of one person. */
export async function createToken(
  db: Db,
  token: NewToken,
  { actor, now }: { actor: Actor; now: number },
): Promise<TokenSummary> {
  const { scopes, topologies, expiresAt, ...fields } = token
  const row = await transact(db, async (tx) => {
    const made = await tx.apiToken.create({
      data: {
        ...fields,
        id: randomUUID(),
        scopesJson: JSON.stringify(scopes),
        topologiesJson: topologies === null ? null : JSON.stringify(topologies),
        createdAt: new Date(now),
        expiresAt: expiresAt === null ? null : new Date(expiresAt),
      },
      include: { user: OWNER },
    })
    if ((await tx.apiToken.count({ where: { userId: token.userId } })) > MOST_PER_PERSON) {
      throw new Refusal(
        409,
        'token.too-many',
        `You have ${MOST_PER_PERSON} tokens - more cannot be kept an eye on - revoke those that no program uses any more.`,
      )
    }
    const after = { name: token.name, prefix: token.prefix, scopes: [...scopes], expiresAt }
    const note: AuditNote = {
      ...{ action: 'token.create', object: { kind: 'token', id: made.id } },
      after: { ...after, topologies: topologies === null ? null : [...topologies] },
    }
    await appendAudit(tx, actor, note, now)
    return made
  })
  return toSummary(row)
}

/**
 * Ends a token for good. Refuses (404) one that does not exist or, where `userId` is given, is
 * another person's.
 */
export async function revokeToken(
  db: Db,
  { id, userId }: { id: string; userId?: string },
  { actor, now }: { actor: Actor; now: number },
): Promise<void> {
  await transact(db, async (tx) => {
    // A write first (transact.ts).
    await tx.apiToken.updateMany({ where: { id: '' }, data: { name: '' } })
    const row = await tx.apiToken.findUnique({ where: { id }, include: { user: OWNER } })
    if (!row || (userId !== undefined && row.userId !== userId)) throw noSuch('token', id)
    await tx.apiToken.delete({ where: { id } })
    const owner = row.user.displayUsername ?? row.user.name
    const note: AuditNote = {
      ...{ action: 'token.revoke', object: { kind: 'token', id } },
      before: { name: row.name, prefix: row.prefix, owner },
    }
    await appendAudit(tx, actor, note, now)
  })
}
