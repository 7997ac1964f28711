import type { GitState } from '@/lib/api/contract-git'
import { PanelError } from '@/lib/base/errors'
import { type Actor, appendAudit } from './audit'
import type { Db, Tx } from './client'
import type { Prisma } from './generated/client'
import type { GitLinkRow, PendingChoice } from './git-links'
import { type LoggedCommit, logCommit } from './git-log'
import { makeDue, settle } from './git-outbox'
import { transact } from './transact'

/** When, and as whom it is written down. */
type By = { actor: Actor; now: number }

/** What both sides have in common from now on. */
export type Known = {
  commit: string
  /** Null: the file is not there. */
  text: string | null
  revision: number
}

/** The repository, branch and file that a look began with. */
export type GitPlace = Pick<GitLinkRow, 'topologyId' | 'url' | 'branch' | 'path'>

const at = ({ topologyId, url, branch, path }: GitPlace) => ({ topologyId, url, branch, path })

/** Links that are to be looked at now, those that somebody asked for first. */
export async function listDueLinks(db: Db, now: number): Promise<string[]> {
  const rows = await db.gitLink.findMany({
    where: {
      OR: [
        { askedAt: { not: null } },
        { dueAt: { lte: new Date(now) }, intervalS: { gt: 0 } },
        { dueAt: { lte: new Date(now) }, failures: { gt: 0 } },
        // What nobody tried yet goes out at once; what failed waits with the rest.
        { outbox: { some: { state: 'due', attempts: 0 } } },
        { dueAt: { lte: new Date(now) }, outbox: { some: { state: 'due' } } },
      ],
    },
    select: { topologyId: true, askedAt: true },
    orderBy: [{ askedAt: { sort: 'asc', nulls: 'last' } }, { dueAt: 'asc' }],
  })
  return rows.map(({ topologyId }) => topologyId)
}

/** A look begins: whoever asks from here on asks for the next one. */
export const beginLook = (db: Db, topologyId: string) =>
  db.gitLink.updateMany({ where: { topologyId }, data: { askedAt: null } })

/** The public half of the key that was made. */
export const keepPublicKey = (db: Db, topologyId: string, publicKey: string) =>
  db.gitLink.updateMany({ where: { topologyId }, data: { publicKey } })

/** The key that a server showed and nobody accepted. */
export const keepOffered = (db: Db, topologyId: string, offeredHostKey: string) =>
  db.gitLink.updateMany({ where: { topologyId }, data: { offeredHostKey } })

/** From here on another branch is followed: the one that the panel's own commit was pushed to. */
export const followBranch = (db: Db, topologyId: string, branch: string) =>
  db.gitLink.updateMany({ where: { topologyId }, data: { branch } })

/** The choice was carried out, or is not to be had any more; one that was made since stays. */
export const forgetChoice = (db: Db, topologyId: string, choice: PendingChoice | null) =>
  db.gitLink.updateMany({
    where: { topologyId, choiceJson: JSON.stringify(choice) },
    data: { choiceJson: null },
  })

/** Git's file at a commit is part of the topology. `logged`: the commit itself, where it is news. */
export async function recordKnown(
  db: Db,
  place: GitPlace,
  { known, logged }: { known: Known; logged: LoggedCommit | null },
  now: number,
): Promise<void> {
  const { topologyId, branch } = place
  await transact(db, async (tx) => {
    await change(tx, place, {
      knownCommit: known.commit,
      knownText: known.text,
      knownRevision: known.revision,
      seenCommit: known.commit,
    })
    if (logged) await logCommit(tx, topologyId, logged, now)
    // What Git has already needs no commit of ours.
    const row = await tx.revision.findUnique({
      where: { topologyId_number: { topologyId, number: known.revision } },
      select: { text: true },
    })
    if (row?.text === known.text)
      await settle(tx, topologyId, { revision: known.revision, commit: known.commit, branch })
    else await foldInto(tx, topologyId, { revision: known.revision, now })
  })
}

/** Older revisions lack what came in: they go out as part of the one that has it, or not at all. */
async function foldInto(
  tx: Tx,
  topologyId: string,
  { revision, now }: { revision: number; now: number },
): Promise<void> {
  const older = { topologyId, revision: { lt: revision } }
  const due = await tx.gitOutbox.count({ where: { ...older, state: 'due' } })
  await tx.gitOutbox.updateMany({
    where: { ...older, state: { in: ['held', 'due'] } },
    data: { state: 'collapsed', lastError: null },
  })
  if (due > 0) await makeDue(tx, topologyId, { revision, now })
}

/** A commit that is not taken: written down and audited once. */
export async function recordRefused(
  db: Db,
  place: GitPlace,
  logged: LoggedCommit,
  { actor, now }: By,
): Promise<void> {
  const { topologyId } = place
  await transact(db, async (tx) => {
    await change(tx, place, { seenCommit: logged.commit })
    if (!(await logCommit(tx, topologyId, logged, now))) return
    const [first] = logged.problems
    await appendAudit(
      tx,
      actor,
      {
        ...{ action: 'git.refuse', outcome: 'refused', topologyId },
        object: { kind: 'git', id: topologyId },
        after: { ...(await named(tx, topologyId)), commit: logged.commit, author: logged.author },
        note: first ? `line ${first.line}: ${first.message}` : '',
      },
      now,
    )
  })
}

/** Commits of ours are on a branch; `known` is given where that branch is the one that is followed. */
export async function recordPushed(
  db: Db,
  place: GitPlace,
  {
    pushed,
    branch,
    known,
  }: { pushed: readonly LoggedCommit[]; branch: string; known: Known | null },
  { actor, now }: By,
): Promise<void> {
  const { topologyId } = place
  await transact(db, async (tx) => {
    await change(
      tx,
      place,
      known
        ? {
            ...{ knownCommit: known.commit, knownText: known.text },
            ...{ knownRevision: known.revision, seenCommit: known.commit },
          }
        : { failures: 0 },
    )
    for (const each of pushed) {
      const { commit, revision } = each
      if (revision !== null) await settle(tx, topologyId, { revision, commit, branch })
      if (!(await logCommit(tx, topologyId, each, now))) continue
      await tx.gitLink.update({ where: { topologyId }, data: { pushedAt: new Date(now) } })
      await appendAudit(
        tx,
        actor,
        {
          ...{ action: 'git.push', topologyId, object: { kind: 'git', id: topologyId } },
          after: { ...(await named(tx, topologyId)), commit, branch, revision },
        },
        now,
      )
    }
  })
}

/** States in which nothing goes on before a person decided. */
const STOPS = new Set<GitState['kind']>([
  ...(['conflict', 'history-rewritten', 'unrelated', 'branch-missing'] as const),
  ...(['file-missing', 'host-key-changed'] as const),
])

/** How a look ended, and when the next one is due. Being out of step is audited once. */
export async function recordState(
  db: Db,
  link: GitPlace & Pick<GitLinkRow, 'state'>,
  { state, dueAt, failures, fetched }: Ended,
  { actor, now }: By,
): Promise<void> {
  const { topologyId } = link
  await transact(db, async (tx) => {
    const { count } = await tx.gitLink.updateMany({
      where: at(link),
      data: {
        ...{ stateJson: JSON.stringify(state), dueAt: new Date(dueAt), failures },
        ...(fetched ? { fetchedAt: new Date(now) } : {}),
      },
    })
    if (count === 0 || !STOPS.has(state.kind) || link.state.kind === state.kind) return
    await appendAudit(
      tx,
      actor,
      {
        ...{ action: 'git.stop', outcome: 'failed', topologyId },
        object: { kind: 'git', id: topologyId },
        after: { ...(await named(tx, topologyId)), state: state.kind },
      },
      now,
    )
  })
}

/** Writes what a look found, unless it is about another repository than the one that is kept now. */
async function change(
  tx: Tx,
  place: GitPlace,
  data: Prisma.GitLinkUpdateManyMutationInput,
): Promise<void> {
  const { count } = await tx.gitLink.updateMany({ where: at(place), data })
  if (count === 0) throw new GitMovedError()
}

/** Somebody changed the settings, or took the topology out of Git, during a look. */
export class GitMovedError extends PanelError {
  readonly code = 'git.settings-changed'
  override readonly transient = true

  constructor() {
    super(
      'The Git settings were changed meanwhile - what was found is about the old ones - it is looked at again.',
    )
  }
}

/** `fetched`: the server answered. `dueAt`: UTC milliseconds. */
export type Ended = { state: GitState; dueAt: number; failures: number; fetched: boolean }

const named = async (tx: Tx, topologyId: string): Promise<{ name: string }> => {
  const row = await tx.topology.findUnique({ where: { id: topologyId }, select: { name: true } })
  return { name: row?.name ?? topologyId }
}
