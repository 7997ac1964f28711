import { PanelError } from '@/lib/base/errors'
import type { Db, Tx } from './client'

/** Prisma's codes for: the database was locked for too long; the transaction must be run again. */
const BUSY = new Set(['P1008', 'P2034', 'P2028'])
const ATTEMPTS = 5

/**
 * Runs `work` in one transaction, again from its start if another process kept the database. Its
 * first statement must be a write (client.ts). What `work` throws comes through, rolled back.
 */
export async function transact<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  let last: unknown
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      return await db.$transaction(work, { maxWait: 10_000, timeout: 20_000 })
    } catch (error) {
      if (!isBusy(error)) throw error
      last = error
    }
  }
  throw new DatabaseBusyError({ cause: last })
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  typeof error.code === 'string' &&
  BUSY.has(error.code)

/** The database stayed locked by other writers. */
export class DatabaseBusyError extends PanelError {
  readonly code = 'database.busy'
  override readonly transient = true

  constructor(options?: ErrorOptions) {
    super(
      'The database is busy - other writes have held it for many seconds, as on a worn SD card - try again.',
      options,
    )
  }
}
