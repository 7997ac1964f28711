import { setImmediate as nextTurn } from 'node:timers/promises'
import type { StatusAnswer } from '@/lib/api/contract'
import type { AuditCheckAnswer } from '@/lib/api/contract-audit'
import { pages } from '@/lib/api/paths'
import { type AuditFields, hashOf, NO_ENTRY } from './audit'
import type { Db } from './client'
import type { AuditEntry } from './generated/client'
import { findSetting, putSetting } from './settings'

/** Entries per query; between two queries the process answers others. */
const PAGE = 1000
/** Hashes per turn of the event loop: a few milliseconds on a Raspberry Pi. */
const TURN = 200

/** The newest entry: whoever notes both can later tell whether the log before it was changed. */
export type AuditHead = { seq: number; hash: string }

/** What a walk over the chain found. */
export type AuditCheck = {
  /** UTC milliseconds when it began. */
  at: number
  /** First and last number that were walked; an empty log has from 1 to 0. */
  from: number
  to: number
  ok: boolean
  /** The first entry that is not as it was written, and what is wrong with it. */
  firstBad: { seq: number; why: string } | null
  head: AuditHead | null
  /** What the log takes of the database with its indexes; null where only the newest were walked. */
  bytes: number | null
}

const KEY = 'audit.check'

/** What the last check found; null: there was none yet. */
export const lastAuditCheck = (db: Db): Promise<AuditCheck | null> =>
  findSetting<AuditCheck>(db, KEY)

/**
 * Walks the chain from its first entry, or over the last `newest` ones, and stores what it found. A
 * fault that a full walk found stays until a full walk finds none. `noted`: a head that was written
 * down outside; one that differs is answered and not stored, for it may have been mistyped.
 */
export async function checkAudit(
  db: Db,
  now: number,
  { newest, noted }: { newest?: number; noted?: AuditHead } = {},
): Promise<AuditCheck> {
  const head = await findHead(db)
  const last = head?.seq ?? 0
  const from = newest === undefined ? 1 : Math.max(1, last - newest + 1)
  const firstBad = (await findBad(db, from, last)) ?? (await findCutTail(db, last))
  const bytes = from === 1 ? await sizeOf(db) : null
  const check = { at: now, from, to: last, ok: firstBad === null, firstBad, head, bytes }
  const before = await lastAuditCheck(db)
  if (from === 1 || !check.ok || before === null || before.ok) await putSetting(db, KEY, check)
  const other = check.ok && noted ? await findOtherThanNoted(db, noted) : null
  return other ? { ...check, ok: false, firstBad: other } : check
}

/** The newest entry's number and hash; null for an empty log. */
export const findHead = (db: Db): Promise<AuditHead | null> =>
  db.auditEntry.findFirst({ select: { seq: true, hash: true }, orderBy: { seq: 'desc' } })

/** By SQLite's own account of its pages (dbstat). */
async function sizeOf(db: Db): Promise<number> {
  const rows = await db.$queryRaw<{ bytes: number | bigint | null }[]>`
    SELECT SUM("pgsize") AS "bytes" FROM dbstat WHERE aggregate = TRUE AND "name" IN (
      SELECT "name" FROM sqlite_master WHERE "tbl_name" IN ('AuditEntry', 'AuditTouch'))`
  return Number(rows[0]?.bytes ?? 0)
}

async function findBad(db: Db, from: number, to: number): Promise<AuditCheck['firstBad']> {
  let prevHash = NO_ENTRY
  if (from > 1) {
    const before = await db.auditEntry.findUnique({ where: { seq: from - 1 } })
    if (!before) return { seq: from - 1, why: 'it is missing' }
    prevHash = before.hash
  }
  for (let seq = from; seq <= to; seq += PAGE) {
    const rows = await db.auditEntry.findMany({
      where: { seq: { gte: seq, lte: Math.min(to, seq + PAGE - 1) } },
      orderBy: { seq: 'asc' },
    })
    const bad = await findBadIn(rows, seq, prevHash)
    if (bad) return bad
    if (rows.length < Math.min(PAGE, to - seq + 1)) {
      return { seq: seq + rows.length, why: 'it is missing' }
    }
    prevHash = rows.at(-1)?.hash ?? prevHash
  }
  return null
}

async function findBadIn(
  rows: readonly AuditEntry[],
  first: number,
  before: string,
): Promise<AuditCheck['firstBad']> {
  let prevHash = before
  for (const [i, row] of rows.entries()) {
    if (i % TURN === 0) await nextTurn()
    const seq = first + i
    if (row.seq !== seq) return { seq, why: 'it is missing' }
    if (hashOf(toFields(row)) !== row.hash) {
      return { seq, why: 'what it says is not what was written' }
    }
    if (row.prevHash !== prevHash) return { seq, why: 'it does not follow the entry before it' }
    prevHash = row.hash
  }
  return null
}

/** SQLite itself remembers the highest number that was ever given. */
async function findCutTail(db: Db, last: number): Promise<AuditCheck['firstBad']> {
  const rows = await db.$queryRaw<{ seq: number | bigint }[]>`
    SELECT seq FROM sqlite_sequence WHERE name = 'AuditEntry'`
  const given = Number(rows[0]?.seq ?? 0)
  return given > last ? { seq: last + 1, why: 'it is missing, the newest were cut off' } : null
}

async function findOtherThanNoted(db: Db, { seq, hash }: AuditHead) {
  const row = await db.auditEntry.findUnique({ where: { seq }, select: { hash: true } })
  if (row?.hash === hash) return null
  return { seq, why: row ? 'its hash is not the one that was noted' : 'it is missing' }
}

function toFields({ hash: _, at, ...row }: AuditEntry): AuditFields {
  return { ...row, at: at.getTime() }
}

/** As the API answers it. */
export const toCheckAnswer = ({
  at,
  from,
  to,
  ok,
  firstBad,
  bytes,
}: AuditCheck): AuditCheckAnswer => ({
  ...{ at, from, to, ok, firstBad, bytes },
  entries: to - from + 1,
})

/** What the status says when the last check found the log changed; nothing when it is whole. */
export async function auditCauses(db: Db): Promise<StatusAnswer['causes']> {
  const check = await lastAuditCheck(db)
  if (!check?.firstBad) return []
  const { seq, why } = check.firstBad
  return [
    {
      level: 'fail',
      sentence: `The audit log was changed: entry ${seq}, ${why}.`,
      takes: ['who did what from there on cannot be relied on'],
      since: check.at,
      canWait: 'No: somebody wrote to the panel’s database by another way than the panel.',
      action: { label: 'Open the audit log', href: pages.audit() },
    },
  ]
}
