import { checkAudit } from '@/lib/db/audit-check'
import type { Db } from '@/lib/db/client'

/** As many of the newest entries are looked at: a fraction of a second on a Raspberry Pi. */
const NEWEST = 5000

/**
 * Looks at the newest part of the audit log and says what it found, with the log's head: whoever
 * keeps the panel's output elsewhere can later tell whether the log before it was changed. A fault is
 * stored, and shown on Overview and on the audit page until a full check finds none.
 */
export async function checkAuditAtStart(
  db: Db,
  now: number,
  log: (line: string) => void,
): Promise<void> {
  const { head, ok, firstBad, from } = await checkAudit(db, now, { newest: NEWEST })
  if (firstBad) {
    log(`the audit log is not as it was written: entry ${firstBad.seq}, ${firstBad.why}`)
  } else if (ok && head) {
    log(`audit log: entries ${from} to ${head.seq} are as written; head ${head.seq}:${head.hash}`)
  }
}
