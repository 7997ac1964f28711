import type { Db, Tx } from './client'

/** The value of a setting as it was stored, or null. What is in it is the caller's to know. */
export async function findSetting<T>(db: Db | Tx, key: string): Promise<T | null> {
  const row = await db.setting.findUnique({ where: { key } })
  return row ? (JSON.parse(row.json) as T) : null
}

/** Stores a value, over what was there. */
export async function putSetting(db: Db | Tx, key: string, value: unknown): Promise<void> {
  const json = JSON.stringify(value)
  await db.setting.upsert({ where: { key }, create: { key, json }, update: { json } })
}

/** The stored value, or `made` stored first: the first of several callers wins. */
export async function ensureSetting<T>(db: Db, key: string, made: T): Promise<T> {
  const json = JSON.stringify(made)
  await db.$executeRaw`INSERT INTO Setting (key, json) VALUES (${key}, ${json})
    ON CONFLICT (key) DO NOTHING`
  const row = await db.setting.findUniqueOrThrow({ where: { key } })
  return JSON.parse(row.json) as T
}

/**
 * Takes a setting away if it still is `value`; whether this call did. One statement, so that of two
 * who compete one wins, and it may open a transaction.
 */
export async function takeSetting(db: Db | Tx, key: string, value: unknown): Promise<boolean> {
  const { count } = await db.setting.deleteMany({ where: { key, json: JSON.stringify(value) } })
  return count === 1
}
