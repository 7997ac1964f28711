import type { Db, Tx } from './client'

/** A session as it begins; times are UTC milliseconds. */
export type NewSession = {
  id: string
  token: string
  userId: string
  kind: 'browser' | 'phone'
  method: string
  confirmedAt: number | null
  from: string
  userAgent: string
  now: number
  expiresAt: number
}

const DAY_MS = 24 * 60 * 60_000
/**
 * A session that was not used for so long is over, whenever it would have ended. In milliseconds. A
 * phone's lasts its whole 30 days: it only looks, and is wanted most in the first bad night after
 * weeks of quiet.
 */
export const IDLE_MS = { browser: 2 * DAY_MS, phone: 30 * DAY_MS } as const

/** Whether it was not used for too long. `lastSeenAt` (UTC milliseconds) is noted once an hour. */
export const isIdle = (kind: 'browser' | 'phone', lastSeenAt: number | null, now: number) =>
  lastSeenAt !== null && now - lastSeenAt >= IDLE_MS[kind]

const ended = (now: number) => ({
  OR: [
    { expiresAt: { lte: new Date(now) } },
    { kind: 'phone', lastSeenAt: { lte: new Date(now - IDLE_MS.phone) } },
    { kind: { not: 'phone' }, lastSeenAt: { lte: new Date(now - IDLE_MS.browser) } },
  ],
})

/** Forgets what ended. */
export async function deleteEndedSessions(tx: Db | Tx, now: number): Promise<void> {
  await tx.session.deleteMany({ where: ended(now) })
}

export async function createSession(tx: Tx, session: NewSession): Promise<void> {
  const at = new Date(session.now)
  await tx.session.create({
    data: {
      ...{ id: session.id, token: session.token, userId: session.userId },
      ...{ kind: session.kind, method: session.method },
      confirmedAt: session.confirmedAt === null ? null : new Date(session.confirmedAt),
      ...{ ipAddress: session.from, userAgent: session.userAgent.slice(0, 400) },
      ...{ createdAt: at, updatedAt: at, lastSeenAt: at, expiresAt: new Date(session.expiresAt) },
    },
  })
}

/**
 * Notes that the person proved who they are, and gives the session another token: the one until now
 * no longer counts. Answers when the session ends; null: it ended meanwhile.
 */
export async function confirmSession(
  tx: Tx,
  { id, token, now }: { id: string; token: string; now: number },
): Promise<{ expiresAt: number } | null> {
  const data = { confirmedAt: new Date(now), token }
  if ((await tx.session.updateMany({ where: { id }, data })).count === 0) return null
  const { expiresAt } = await tx.session.findUniqueOrThrow({ where: { id } })
  return { expiresAt: expiresAt.getTime() }
}

/** Notes that a session is in use, unless that was noted after `before`. UTC milliseconds. */
export async function touchSession(
  db: Db,
  { id, now, before }: { id: string; now: number; before: number },
): Promise<void> {
  await db.session.updateMany({
    where: { id, OR: [{ lastSeenAt: null }, { lastSeenAt: { lte: new Date(before) } }] },
    data: { lastSeenAt: new Date(now) },
  })
}

/** A person's sessions that have not ended, the newest first. */
export const sessionsOf = (db: Db | Tx, userId: string, now: number) =>
  db.session.findMany({
    where: { userId, NOT: ended(now) },
    orderBy: { createdAt: 'desc' },
  })

/** Ends a session of this person. False: they have none with that id. */
export async function deleteSession(tx: Db | Tx, userId: string, id: string): Promise<boolean> {
  return (await tx.session.deleteMany({ where: { id, userId } })).count === 1
}

/** Ends all sessions of a person but one (null: all). Answers the ids of those that it ended. */
export async function deleteSessionsBut(
  tx: Tx,
  userId: string,
  keep: string | null,
): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    DELETE FROM "Session" WHERE "userId" = ${userId} AND "id" <> ${keep ?? ''} RETURNING "id"`
  return rows.map(({ id }) => id)
}

/** Entries of a person that are looked through for where they signed in. */
const LATELY = 1000

/** Whether a person signed in from this address lately. */
export async function signedInFrom(db: Db, userId: string, from: string): Promise<boolean> {
  const rows = await db.$queryRaw<unknown[]>`
    SELECT 1 FROM (SELECT "action", "outcome", "from" FROM "AuditEntry"
      WHERE "actorId" = ${userId} ORDER BY "seq" DESC LIMIT ${LATELY})
    WHERE "action" = 'session.sign-in' AND "outcome" = 'done' AND "from" = ${from} LIMIT 1`
  return rows.length > 0
}

/** Whether a person signed in before, and whether from this address. */
export async function wasSeen(
  tx: Tx,
  userId: string,
  from: string,
): Promise<{ ever: boolean; here: boolean }> {
  const where = { actorId: userId, action: 'session.sign-in', outcome: 'done' }
  const [ever, here] = [
    await tx.auditEntry.findFirst({ where, select: { seq: true } }),
    await tx.auditEntry.findFirst({ where: { ...where, from }, select: { seq: true } }),
  ]
  return { ever: ever !== null, here: here !== null }
}

/** A person's sign-ins since then that were noted as from a new place, the newest first. */
export async function newPlaces(
  db: Db,
  userId: string,
  since: number,
): Promise<{ at: number; from: string; device: string }[]> {
  const rows = await db.auditEntry.findMany({
    where: {
      ...{ actorId: userId, action: 'session.sign-in', outcome: 'done' },
      at: { gte: new Date(since) },
      afterJson: { contains: '"newPlace":true' },
    },
    orderBy: { seq: 'desc' },
    take: 10,
  })
  return rows.map(({ at, from, afterJson }) => {
    const after = JSON.parse(afterJson ?? '{}') as { device?: string }
    return {
      at: at.getTime(),
      from: from ?? 'unknown',
      device: after.device ?? 'an unknown device',
    }
  })
}
