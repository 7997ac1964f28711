import { type AuditNote, appendAudit } from '@/lib/db/audit'
import type { Db } from '@/lib/db/client'
import { deleteEndedSessions } from '@/lib/db/sessions'
import { putSetting } from '@/lib/db/settings'
import { transact } from '@/lib/db/transact'

/**
 * Who could not sign in, or not prove who they are, and why. `account` null: what was typed is no
 * account's name, and is not kept: people type passwords into the wrong field.
 */
export type SignInRefused = {
  action: 'session.sign-in' | 'session.second-factor' | 'session.confirm'
  account: { id: string; name: string } | null
  from: string
  way: 'password' | 'code' | 'passkey' | 'phone' | 'oidc'
  via: 'browser' | 'phone'
  /** What was wrong, where that is more than that it did not match. */
  why?: string
  now: number
}
export type NoteSignInRefused = (refused: SignInRefused) => Promise<void>

const QUIET_MS = 60_000
/** When a refusal was last not written down because the same was, in UTC milliseconds. */
const LAST_QUIET = 'sign-in.last-quiet'

/**
 * Makes {@link NoteSignInRefused}: at most one entry a minute of one account and address, so that
 * whoever guesses does not fill the disk.
 */
export function makeNoteSignInRefused(db: Db): NoteSignInRefused {
  const noted = new Map<string, number>()
  return async ({ action, account, from, way, via, why, now }) => {
    for (const [each, at] of noted) if (now - at >= QUIET_MS) noted.delete(each)
    const who = `${action} ${account?.id ?? ''} ${from}`
    if (noted.has(who)) {
      // As many flushes of the disk as an entry costs: the time tells no one which names there are.
      await transact(db, (tx) => putSetting(tx, LAST_QUIET, now))
      return
    }
    noted.set(who, now)
    const name = account?.name ?? 'an unknown name'
    const note: AuditNote = {
      ...{ action, outcome: 'refused', object: { kind: 'account', id: name } },
      after: { way },
      ...(why === undefined ? {} : { note: why }),
    }
    // Whoever failed to prove it is not known to be the account's owner.
    const actor = { id: null, name: 'nobody', via, from }
    await transact(db, async (tx) => {
      // A write first (transact.ts).
      await deleteEndedSessions(tx, now)
      await appendAudit(tx, actor, note, now)
    }).catch((error: unknown) => {
      noted.delete(who)
      throw error
    })
  }
}
