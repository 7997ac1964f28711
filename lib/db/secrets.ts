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

/** Setting: UTC milliseconds of the last recovery kit that opens the present key. */
export const KIT_MADE_SETTING = 'kit.madeAt'

/** What is known about a sealed secret without opening it. */
export type SealedEntry = { name: string; at: number; by: string }
/** The same with its version: 1 when it was made, one more with each new value. */
export type ListedSecret = SealedEntry & { version: number }

/**
 * Setting with the last version of a secret that was removed. A secret of that name that comes later
 * goes on from it, so that whatever was made from the old value differs from what is wanted now.
 */
const lastVersionSetting = (name: string) => `secret.last-version/${name}`

/** Stores a sealed text under a name (lib/plan/secret-names.ts), over what was there. */
export async function putSealed(
  db: Db | Tx,
  entry: SealedEntry & { sealed: string },
): Promise<void> {
  await db.$executeRaw`INSERT INTO SealedSecret (name, sealed, at, "by", version)
    VALUES (${entry.name}, ${entry.sealed}, ${new Date(entry.at)}, ${entry.by},
      1 + coalesce((SELECT CAST(json AS INTEGER) FROM Setting
        WHERE key = ${lastVersionSetting(entry.name)}), 0))
    ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed, at = excluded.at,
      "by" = excluded."by", version = SealedSecret.version + 1`
}

/**
 * Stores a sealed text unless the name is taken, and answers what is stored then: the first writer
 * wins, so that two who make the same secret end up with one.
 */
export async function ensureSealed(
  db: Db,
  entry: SealedEntry & { sealed: string },
): Promise<string> {
  await db.$executeRaw`INSERT INTO SealedSecret (name, sealed, at, "by", version)
    VALUES (${entry.name}, ${entry.sealed}, ${new Date(entry.at)}, ${entry.by},
      1 + coalesce((SELECT CAST(json AS INTEGER) FROM Setting
        WHERE key = ${lastVersionSetting(entry.name)}), 0))
    ON CONFLICT (name) DO NOTHING`
  const row = await db.sealedSecret.findUniqueOrThrow({ where: { name: entry.name } })
  return row.sealed
}

/** The sealed text, or null. */
export async function findSealed(db: Db, name: string): Promise<string | null> {
  return (await db.sealedSecret.findUnique({ where: { name } }))?.sealed ?? null
}

/** Names with their age, sorted; those that begin with `prefix`. */
export async function listSealed(db: Db | Tx, prefix = ''): Promise<ListedSecret[]> {
  const rows = await db.sealedSecret.findMany({
    where: { name: { startsWith: prefix } },
    select: { name: true, at: true, by: true, version: true },
    orderBy: { name: 'asc' },
  })
  return rows.map(({ at, ...rest }) => ({ ...rest, at: at.getTime() }))
}

/** Forgets a secret, but not which version it had. Does nothing if there is none. */
export async function removeSealed(db: Db | Tx, name: string): Promise<void> {
  await db.$executeRaw`INSERT INTO Setting (key, json)
    SELECT ${lastVersionSetting(name)}, CAST(version AS TEXT) FROM SealedSecret
    WHERE name = ${name} AND name LIKE 't/%/document/%'
    ON CONFLICT (key) DO UPDATE SET json = excluded.json`
  await db.sealedSecret.deleteMany({ where: { name } })
}
