import type { Db, Tx } from './client'

/** The sealed secret of a person's one-time codes; null: none in force. */
export async function findTotp(
  db: Db | Tx,
  userId: string,
): Promise<{ sealed: string; since: number } | null> {
  const row = await db.user.findUnique({
    where: { id: userId },
    select: { totpSealed: true, totpSince: true },
  })
  if (!row?.totpSealed || !row.totpSince) return null
  return { sealed: row.totpSealed, since: row.totpSince.getTime() }
}

/** Puts one-time codes into force. `step` is that of the code which proved it. */
export async function putTotp(
  tx: Tx,
  { userId, sealed, step, now }: { userId: string; sealed: string; step: number; now: number },
): Promise<void> {
  const data = { totpSealed: sealed, totpSince: new Date(now), totpLastStep: step }
  await tx.user.update({ where: { id: userId }, data })
}

/** Uses up the code of a time step, in one statement. False: it or a later one was used already. */
export async function takeTotpStep(db: Db | Tx, userId: string, step: number): Promise<boolean> {
  const { count } = await db.user.updateMany({
    where: { id: userId, OR: [{ totpLastStep: null }, { totpLastStep: { lt: step } }] },
    data: { totpLastStep: step },
  })
  return count === 1
}

/** Takes one-time codes and recovery codes away. False: there were none. */
export async function dropTotp(tx: Tx, userId: string): Promise<boolean> {
  const { count } = await tx.user.updateMany({
    where: { id: userId, totpSealed: { not: null } },
    data: { totpSealed: null, totpSince: null, totpLastStep: null },
  })
  await tx.recoveryCode.deleteMany({ where: { userId } })
  return count === 1
}

/** Replaces a person's recovery codes; those of before no longer count. */
export async function putRecoveryCodes(
  tx: Tx,
  userId: string,
  codes: readonly { id: string; hash: string }[],
): Promise<void> {
  await tx.recoveryCode.deleteMany({ where: { userId } })
  await tx.recoveryCode.createMany({ data: codes.map((code) => ({ ...code, userId })) })
}

/** Uses a recovery code up, in one statement. False: not this person's, or used. */
export async function takeRecoveryCode(
  db: Db | Tx,
  { userId, hash, now }: { userId: string; hash: string; now: number },
): Promise<boolean> {
  const { count } = await db.recoveryCode.updateMany({
    where: { userId, hash, usedAt: null },
    data: { usedAt: new Date(now) },
  })
  return count === 1
}

/** How many recovery codes are still good. */
export const countRecoveryCodes = (db: Db | Tx, userId: string): Promise<number> =>
  db.recoveryCode.count({ where: { userId, usedAt: null } })
