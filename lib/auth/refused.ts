import { type Actor, type AuditNote, appendAudit } from '@/lib/db/audit'
import type { Db } from '@/lib/db/client'
import { transact } from '@/lib/db/transact'

/**
 * Who was refused what, with which code, when (UTC milliseconds). `tried`: what they named that is
 * hidden from them, or not there; which of the two, nothing says.
 */
export type Refused = { actor: Actor; key: string; code: string; now: number; tried?: string }

/** Writes an `access.refused` entry; the same again within a minute is not written again. */
export type NoteRefused = (refused: Refused) => Promise<void>

const QUIET_MS = 60_000
/** An id of ours is shorter; a path may hold anything. */
const LONGEST_TRIED = 80
/** Whoever is asked to prove who they are is not refused: they go on, or that is written down. */
const ASKED_AGAIN = 'confirm.sign-in-again'

/**
 * Makes {@link NoteRefused}: at most one entry a minute of one actor and route, so that nobody can
 * fill the disk with what they may not do.
 */
export function makeNoteRefused(db: Db): NoteRefused {
  const noted = new Map<string, number>()
  return async ({ actor, key, code, now, tried }) => {
    if (code === ASKED_AGAIN) return
    for (const [each, at] of noted) if (now - at >= QUIET_MS) noted.delete(each)
    // A token is told from its owner by the actor's name.
    const who = `${actor.id} ${actor.name} ${actor.via} ${key}`
    if (noted.has(who)) return
    noted.set(who, now)
    await transact(db, async (tx) => {
      // A write first (transact.ts).
      await tx.setting.updateMany({ where: { key: '' }, data: { json: '' } })
      const note: AuditNote = {
        ...{ action: 'access.refused', outcome: 'refused' },
        object: { kind: 'route', id: key },
        after: tried === undefined ? { code } : { code, tried: tried.slice(0, LONGEST_TRIED) },
      }
      await appendAudit(tx, actor, note, now)
    }).catch((error: unknown) => {
      noted.delete(who)
      throw error
    })
  }
}
