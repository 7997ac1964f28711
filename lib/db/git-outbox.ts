import type { Db, Tx } from './client'

/** A revision that waits for Git. */
export type Waiting = {
  revision: number
  state: 'held' | 'due'
  attempts: number
  lastError: string | null
}

/**
 * Puts a new revision into the outbox, in the transaction that stores it; does nothing where the
 * topology is not kept in Git. One without a message waits for a later one with a message, or for its
 * deploy: a commit per save would bury what people meant.
 */
export async function queueForGit(
  tx: Tx,
  saved: { topologyId: string; number: number; message: string; now: number },
): Promise<void> {
  const { topologyId, number: revision, message, now } = saved
  const link = await tx.gitLink.findUnique({
    where: { topologyId },
    select: { commitOn: true },
  })
  if (!link) return
  const state = link.commitOn === 'message' && message.trim() !== '' ? 'due' : 'held'
  await tx.gitOutbox.create({ data: { topologyId, revision, state, at: new Date(now) } })
}

/** A revision that was deployed is due, whatever was said about it. */
export async function deployedForGit(
  db: Db | Tx,
  topologyId: string,
  revision: number,
): Promise<void> {
  await db.gitOutbox.updateMany({
    where: { topologyId, revision, state: 'held' },
    data: { state: 'due' },
  })
}

/** Makes one revision due that is in no outbox, or waits, or went to a branch that is gone. */
export async function makeDue(
  tx: Tx,
  topologyId: string,
  { revision, now }: { revision: number; now: number },
): Promise<void> {
  await tx.gitOutbox.upsert({
    where: { topologyId_revision: { topologyId, revision } },
    create: { topologyId, revision, state: 'due', at: new Date(now) },
    update: { state: 'due', commit: null, branch: null },
  })
}

/** What Git has to get, oldest first. */
export async function listWaiting(db: Db | Tx, topologyId: string): Promise<Waiting[]> {
  const rows = await db.gitOutbox.findMany({
    where: { topologyId, state: { in: ['held', 'due'] } },
    orderBy: { revision: 'asc' },
  })
  return rows.map(({ revision, state, attempts, lastError }) => ({
    ...{ revision, state: state as Waiting['state'], attempts, lastError },
  }))
}

/** Revisions above `after` that are pushed, oldest first. */
export async function listPushed(
  db: Db | Tx,
  topologyId: string,
  after: number,
): Promise<{ revision: number; commit: string | null; branch: string | null }[]> {
  return db.gitOutbox.findMany({
    where: { topologyId, revision: { gt: after }, state: 'pushed' },
    select: { revision: true, commit: true, branch: true },
    orderBy: { revision: 'asc' },
  })
}

/**
 * Revision `revision` is in `commit` on `branch`, and with it those before it that waited. May be
 * called again: what was settled before stays as it was.
 */
export async function settle(
  tx: Tx,
  topologyId: string,
  { revision, commit, branch }: { revision: number; commit: string; branch: string },
): Promise<void> {
  await tx.gitOutbox.updateMany({
    where: { topologyId, revision, state: { in: ['held', 'due'] } },
    data: { state: 'pushed', commit, branch, lastError: null },
  })
  await tx.gitOutbox.updateMany({
    where: {
      ...{ topologyId, revision: { lt: revision } },
      OR: [{ state: { in: ['held', 'due'] } }, { state: 'collapsed', commit: null }],
    },
    data: { state: 'collapsed', commit, branch, lastError: null },
  })
}

/** Revisions that are part of a later one and in no commit yet, oldest first. */
export async function listFolded(db: Db | Tx, topologyId: string): Promise<number[]> {
  const rows = await db.gitOutbox.findMany({
    where: { topologyId, state: 'collapsed', commit: null },
    select: { revision: true },
    orderBy: { revision: 'asc' },
  })
  return rows.map(({ revision }) => revision)
}

/** Notes on everything that is due that it could not be pushed. */
export async function noteFailure(db: Db, topologyId: string, message: string): Promise<void> {
  await db.gitOutbox.updateMany({
    where: { topologyId, state: 'due' },
    data: { attempts: { increment: 1 }, lastError: message },
  })
}
