import { appendAudit } from '@/lib/db/audit'
import type { Db } from '@/lib/db/client'
import { deleteEndedSessions } from '@/lib/db/sessions'
import { transact } from '@/lib/db/transact'

/** A passkey whose counter did not go on: what it said, and what it had said before. */
export type Suspect = { id: string; name: string; said: number; before: number }

/**
 * Whether an authenticator's counter tells of a copy: it counts, and did not go on (WebAuthn level 3,
 * 6.1.1). Those that are copied between devices on purpose always say 0.
 */
export const isBehind = (said: number, before: number): boolean =>
  (said > 0 || before > 0) && said <= before

/** Writes down that a copy of a passkey seems to be about: its key was right, its counter behind. */
export async function noteSuspect(
  db: Db,
  { id, name, said, before }: Suspect,
  { from, now }: { from: string; now: number },
): Promise<void> {
  await transact(db, async (tx) => {
    // A write first (transact.ts).
    await deleteEndedSessions(tx, now)
    const object = { kind: 'passkey', id }
    const after = { name, said, before }
    const note = { action: 'account.passkey-suspect', object, after } as const
    await appendAudit(tx, { id: null, name: 'panel', via: 'panel', from }, note, now)
  })
}
