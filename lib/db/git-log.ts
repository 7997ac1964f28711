import type { GitLogEntry, GitProblem } from '@/lib/api/contract-git'
import type { Db, Tx } from './client'

/** A commit to be written down. */
export type LoggedCommit = Omit<GitLogEntry, 'at' | 'note'> & { note?: string }

/** So many are shown. */
const SHOWN = 100
/** Of each topology so many are kept. */
const KEPT = 1000

/** Commits in and out, newest first. */
export async function listLog(db: Db, topologyId: string): Promise<GitLogEntry[]> {
  const rows = await db.gitCommit.findMany({
    where: { topologyId },
    orderBy: [{ at: 'desc' }, { revision: 'desc' }],
    take: SHOWN,
  })
  return rows.map(({ commit, direction, outcome, author, subject, revision, note, ...row }) => ({
    ...{ commit, author, subject, revision, note },
    direction: direction as GitLogEntry['direction'],
    outcome: outcome as GitLogEntry['outcome'],
    problems: JSON.parse(row.problemsJson) as GitProblem[],
    at: row.at.getTime(),
  }))
}

/** Writes a commit down, once; answers whether it was news, or has another outcome now. */
export async function logCommit(
  tx: Tx,
  topologyId: string,
  { problems, ...entry }: LoggedCommit,
  now: number,
): Promise<boolean> {
  const where = { topologyId_commit: { topologyId, commit: entry.commit } }
  const held = await tx.gitCommit.findUnique({ where, select: { outcome: true, direction: true } })
  // What we pushed stays ours when it is met again on its way in.
  if (held?.outcome === entry.outcome || held?.direction === 'out') return false
  const data = {
    ...{ ...entry, at: new Date(now) },
    problemsJson: JSON.stringify(problems.slice(0, 50)),
  }
  await tx.gitCommit.upsert({ where, create: { topologyId, ...data }, update: data })
  await prune(tx, topologyId)
  return true
}

/** Says of a commit what a deploy of it would do, or did. */
export async function noteCommit(
  db: Db | Tx,
  topologyId: string,
  { commit, note }: { commit: string; note: string },
): Promise<void> {
  await db.gitCommit.updateMany({ where: { topologyId, commit }, data: { note } })
}

/** A revision that came of a commit. `before`: the head that it was merged into. */
export type Taken = { commit: string; revision: number; before: number }

/**
 * What came in since the last commit of which was said what its deploy would do, oldest first: read
 * from here and not remembered, so that a process that died in between forgets nothing.
 */
export async function listUnplanned(db: Db, topologyId: string): Promise<Taken[]> {
  const rows = await db.gitCommit.findMany({
    where: { topologyId, direction: 'in', outcome: 'taken', revision: { not: null } },
    orderBy: [{ revision: 'desc' }, { at: 'desc' }],
    select: { commit: true, revision: true, note: true },
    take: SHOWN,
  })
  const said = rows.findIndex(({ note }) => note !== '')
  return rows
    .slice(0, said === -1 ? rows.length : said)
    .toReversed()
    .map(({ commit, revision }) => ({
      ...{ commit, revision: revision ?? 0, before: (revision ?? 0) - 1 },
    }))
}

async function prune(tx: Tx, topologyId: string): Promise<void> {
  const old = await tx.gitCommit.findFirst({
    where: { topologyId },
    orderBy: { at: 'desc' },
    skip: KEPT,
    select: { at: true },
  })
  if (old) await tx.gitCommit.deleteMany({ where: { topologyId, at: { lte: old.at } } })
}
