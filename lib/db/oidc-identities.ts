import type { Db, Tx } from './client'

/** Who somebody is at a provider: its issuer, and the subject that it never gives to anybody else. */
export type Identity = { issuer: string; subject: string }

/** The account that an identity signs in; null: none yet. */
export async function findIdentity(
  db: Db | Tx,
  { issuer, subject }: Identity,
): Promise<{ userId: string; disabled: boolean } | null> {
  const row = await db.oidcIdentity.findUnique({
    where: { issuer_subject: { issuer, subject } },
    select: { userId: true, user: { select: { disabled: true } } },
  })
  return row ? { userId: row.userId, disabled: row.user.disabled } : null
}

/** Connects an account with an identity that no account has. */
export async function linkIdentity(
  tx: Tx,
  identity: Identity & { userId: string; now: number },
): Promise<void> {
  const { issuer, subject, userId } = identity
  const at = new Date(identity.now)
  await tx.oidcIdentity.create({ data: { issuer, subject, userId, createdAt: at, lastUsedAt: at } })
}

/** Notes that an identity signed in just now. May open a transaction. */
export async function touchIdentity(tx: Tx, identity: Identity, now: number): Promise<void> {
  const { issuer, subject } = identity
  await tx.oidcIdentity.updateMany({
    where: { issuer, subject },
    data: { lastUsedAt: new Date(now) },
  })
}

/** Takes an account's identities away; how many there were. May open a transaction. */
export async function unlinkIdentities(tx: Tx, userId: string): Promise<number> {
  return (await tx.oidcIdentity.deleteMany({ where: { userId } })).count
}
