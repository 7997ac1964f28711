import { PrismaLibSql } from '@prisma/adapter-libsql'
import { PrismaClient } from './generated/client'

export type Db = PrismaClient
/** What a query inside `db.$transaction(async (tx) => ...)` gets. */
export type Tx = Omit<Db, '$connect' | '$disconnect' | '$on' | '$use' | '$extends' | '$transaction'>

/** How long a statement waits for another process's write, in milliseconds. */
const BUSY_MS = 5000

/**
 * Opens a panel database (an absolute or relative path; migrations are not run). Times are held as
 * integer milliseconds. The first statement of an interactive transaction must be a write:
 * SQLite refuses to turn a read transaction into a writing one while another process writes, and no
 * timeout helps there.
 */
export async function openDb(file: string): Promise<Db> {
  // `timeout` reaches @libsql/client, whose own type forgets it (0.17).
  const config = { url: `file:${file}`, timeout: BUSY_MS }
  const db = new PrismaClient({
    adapter: new PrismaLibSql(config, { timestampFormat: 'unixepoch-ms' }),
  })
  // Persists in the file; asking again is free.
  await db.$queryRawUnsafe('PRAGMA journal_mode=WAL')
  return db
}
