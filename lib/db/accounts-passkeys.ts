import type { Db, Tx } from './client'

/** A passkey as it is stored. Times are UTC milliseconds. */
export type StoredPasskey = {
  /** Credential id, base64url. */
  id: string
  userId: string
  name: string
  publicKey: Uint8Array<ArrayBuffer>
  counter: number
  transports: string[]
  backedUp: boolean
  createdAt: number
  lastUsedAt: number | null
}

type Row = NonNullable<Awaited<ReturnType<Db['passkey']['findUnique']>>>

const toStored = ({
  transports,
  createdAt,
  lastUsedAt,
  publicKey,
  ...row
}: Row): StoredPasskey => ({
  ...row,
  publicKey: new Uint8Array(publicKey),
  transports: JSON.parse(transports) as string[],
  createdAt: createdAt.getTime(),
  lastUsedAt: lastUsedAt?.getTime() ?? null,
})

/** A person's passkeys, the oldest first. */
export async function passkeysOf(db: Db | Tx, userId: string): Promise<StoredPasskey[]> {
  const rows = await db.passkey.findMany({ where: { userId }, orderBy: { createdAt: 'asc' } })
  return rows.map(toStored)
}

/** A passkey by its credential id; null: unknown here. */
export async function findPasskey(db: Db | Tx, id: string): Promise<StoredPasskey | null> {
  const row = await db.passkey.findUnique({ where: { id } })
  return row && toStored(row)
}

/** Stores a new passkey. Throws when its credential id exists. */
export async function createPasskey(tx: Tx, passkey: StoredPasskey): Promise<void> {
  await tx.passkey.create({
    data: {
      ...passkey,
      transports: JSON.stringify(passkey.transports),
      createdAt: new Date(passkey.createdAt),
      lastUsedAt: passkey.lastUsedAt === null ? null : new Date(passkey.lastUsedAt),
    },
  })
}

/** Notes a use; false: it was removed meanwhile, or its counter moved on: somebody else was first. */
export async function notePasskeyUse(
  tx: Db | Tx,
  { id, was, counter, now }: { id: string; was: number; counter: number; now: number },
): Promise<boolean> {
  const { count } = await tx.passkey.updateMany({
    where: { id, counter: was },
    data: { counter, lastUsedAt: new Date(now) },
  })
  return count === 1
}

/** Gives a passkey of this person another name. Null: they have none with that id. */
export async function renamePasskey(
  tx: Tx,
  { userId, id, name }: { userId: string; id: string; name: string },
): Promise<{ before: string } | null> {
  // A write first, so that nobody renames in between.
  const { count } = await tx.passkey.updateMany({ where: { id, userId }, data: { id } })
  if (count === 0) return null
  const { name: before } = await tx.passkey.findUniqueOrThrow({ where: { id } })
  await tx.passkey.update({ where: { id }, data: { name } })
  return { before }
}

/** Removes a passkey of this person; its name, or null: they have none with that id. */
export async function deletePasskey(tx: Tx, userId: string, id: string): Promise<string | null> {
  const rows = await tx.$queryRaw<{ name: string }[]>`
    DELETE FROM "Passkey" WHERE "id" = ${id} AND "userId" = ${userId} RETURNING "name"`
  return rows[0]?.name ?? null
}

/** How an account is still reached by: password, passkeys, the provider that there is now (its issuer). */
export async function countWays(
  tx: Db | Tx,
  userId: string,
  issuer: string | null,
): Promise<{ passwords: number; passkeys: number; identities: number }> {
  return {
    passwords: await tx.account.count({
      where: { userId, providerId: 'credential', password: { not: null } },
    }),
    passkeys: await tx.passkey.count({ where: { userId } }),
    identities: await tx.oidcIdentity.count({ where: { userId, issuer: issuer ?? '' } }),
  }
}

/** The providers through which an account is reached. Times are UTC milliseconds. */
export async function identitiesOf(
  db: Db,
  userId: string,
): Promise<{ issuer: string; lastUsedAt: number | null }[]> {
  const rows = await db.oidcIdentity.findMany({ where: { userId }, orderBy: { issuer: 'asc' } })
  return rows.map(({ issuer, lastUsedAt }) => ({
    issuer,
    lastUsedAt: lastUsedAt?.getTime() ?? null,
  }))
}
