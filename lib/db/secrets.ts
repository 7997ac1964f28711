import { armor, Encrypter } from 'age-encryption'
import type { Db, Tx } from './client'

/**
 * Seals a text to a recipient (age X25519, armoured). Whoever calls it cannot open the result;
 * lib/db/secret-open.ts can, in the provisioner alone.
 */
export async function seal(recipient: string, text: string): Promise<string> {
  const encrypter = new Encrypter()
  encrypter.addRecipient(recipient)
  return armor.encode(await encrypter.encrypt(text))
}

/** What is known about a sealed secret without opening it. */
export type SealedEntry = { name: string; at: number; by: string }

/** Stores a sealed text under a name (lib/plan/secret-names.ts), over what was there. */
export async function putSealed(
  db: Db | Tx,
  entry: SealedEntry & { sealed: string },
): Promise<void> {
  const row = { sealed: entry.sealed, at: new Date(entry.at), by: entry.by }
  await db.sealedSecret.upsert({
    where: { name: entry.name },
    create: { name: entry.name, ...row },
    update: row,
  })
}

/**
 * Stores a sealed text unless the name is taken, and answers what is stored then: the first writer
 * wins, so that two who make the same secret end up with one.
 */
export async function ensureSealed(
  db: Db,
  entry: SealedEntry & { sealed: string },
): Promise<string> {
  await db.$executeRaw`INSERT INTO SealedSecret (name, sealed, at, "by")
    VALUES (${entry.name}, ${entry.sealed}, ${new Date(entry.at)}, ${entry.by})
    ON CONFLICT (name) DO NOTHING`
  const row = await db.sealedSecret.findUniqueOrThrow({ where: { name: entry.name } })
  return row.sealed
}

/** The sealed text, or null. */
export async function findSealed(db: Db, name: string): Promise<string | null> {
  return (await db.sealedSecret.findUnique({ where: { name } }))?.sealed ?? null
}

/** Names with their age, sorted; those that begin with `prefix`. */
export async function listSealed(db: Db, prefix = ''): Promise<SealedEntry[]> {
  const rows = await db.sealedSecret.findMany({
    where: { name: { startsWith: prefix } },
    select: { name: true, at: true, by: true },
    orderBy: { name: 'asc' },
  })
  return rows.map(({ name, at, by }) => ({ name, at: at.getTime(), by }))
}

/** Forgets a secret. Does nothing if there is none. */
export async function removeSealed(db: Db | Tx, name: string): Promise<void> {
  await db.sealedSecret.deleteMany({ where: { name } })
}
