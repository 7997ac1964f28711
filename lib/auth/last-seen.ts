import { faultText } from '@/lib/api/fault-text'
import type { Db } from '@/lib/db/client'
import { touchSession } from '@/lib/db/sessions'

const HOUR_MS = 60 * 60_000

/** That a session is in use now; `lastSeenAt` is what is stored of it. UTC milliseconds. */
export type Seen = (session: { id: string; lastSeenAt: number | null }) => void

/**
 * Makes {@link Seen}, which notes at most once an hour that a session is in use: every write wears
 * an SD card. Nobody waits for it and no page fails by it: a fault goes to the log, and the next
 * request tries again.
 */
export function makeLastSeen(db: Db, now: () => number, log: (line: string) => void): Seen {
  const writing = new Set<string>()
  return ({ id, lastSeenAt }) => {
    const at = now()
    if (at - (lastSeenAt ?? 0) < HOUR_MS || writing.has(id)) return
    writing.add(id)
    touchSession(db, { id, now: at, before: at - HOUR_MS })
      .catch((error: unknown) =>
        log(`it could not be noted that a session is in use: ${faultText(error)}`),
      )
      .finally(() => writing.delete(id))
  }
}
