import { createHash } from 'node:crypto'
import type { GitConflict, GitProblem } from '@/lib/api/contract-git'
import { Refusal } from '@/lib/api/refusal'
import type { LoggedCommit } from '@/lib/db/git-log'
import { listPushed, makeDue } from '@/lib/db/git-outbox'
import {
  forgetChoice,
  type Known,
  recordKnown,
  recordPushed,
  recordRefused,
} from '@/lib/db/git-record'
import { findRevision, saveRevision } from '@/lib/db/revisions'
import { transact } from '@/lib/db/transact'
import type { CommitFacts } from '@/lib/git/repository'
import { lineOf } from '@/lib/topology/text/line-of'
import { authorOf, cameOf, GONE, NOTHING_NEW, subjectOf, toLogged } from './git-facts'
import { MOST_BYTES, readFileOf } from './git-file'
import { mergeGit } from './git-merge'
import { GIT, type GitLook, ON, type Outcome, stop, trailerOf } from './git-shop'

/** Older commits than these are taken together, in the oldest of them. */
const MOST_COMMITS = 200
/** So many changes of the file are looked at for one that both know. */
const MOST_PAST = 30

/**
 * Takes what is new on the branch: each commit of its own line that changed the file becomes a
 * revision, by its author, merged with what the panel has. One that cannot be read is refused and the
 * next one stands on the last good one, so that a later commit can put it right.
 */
export async function takeCommits(look: GitLook): Promise<Outcome> {
  const { link, repository, head } = look
  if (head === null || head === link.knownCommit) return ON
  if (link.knownCommit === null) return takeFirst(look, head)
  if (!(await repository.leadsTo(link.knownCommit, head))) return takeRewritten(look, head)
  const commits = await repository.changesOf(link.path, {
    ...{ from: link.knownCommit, to: head, most: MOST_COMMITS },
  })
  let last: Outcome = ON
  for (const facts of commits) last = await takeOne(look, facts, facts === commits.at(-1))
  if (last.kind === 'on') await moveKnown(look, head)
  return last
}

/** The end of the branch is known as well, where the last commits did not touch the file. */
async function moveKnown(look: GitLook, head: string): Promise<void> {
  const { shop, link } = look
  const { knownText: text, knownRevision: revision } = link
  if (link.knownCommit === head || revision === null) return
  await know(look, { commit: head, text, revision }, null)
  shop.reached?.('taken')
}

/** One commit, on top of what is known. */
async function takeOne(look: GitLook, facts: CommitFacts, isLast: boolean): Promise<Outcome> {
  const { link, repository } = look
  const read = readFileOf(await repository.file(facts.commit, link.path, MOST_BYTES))
  if (read.kind !== 'text') {
    const missing = read.kind === 'absent'
    const problems = missing ? [GONE] : read.problems
    if (missing && isLast && chosen(look, facts.commit) === 'ours')
      return writeAgain(look, facts.commit)
    await refuse(look, facts, 'refused', problems)
    return missing
      ? stop({ kind: 'file-missing', commit: facts.commit })
      : stop({ kind: 'refused', commit: facts.commit, problems })
  }
  const own = await findOwn(look, read.text, facts.message)
  if (own !== null) {
    await knowOwn(look, facts, { text: read.text, revision: own })
    return ON
  }
  const base = await baseOf(look, facts.commit)
  const choice = isLast ? chosen(look, facts.commit) : null
  const wins = choice === null ? null : choice === 'theirs' ? 'git' : 'panel'
  return takeText(look, { facts, text: read.text, base, wins })
}

type Incoming = { facts: CommitFacts; text: string; base: string; wins: 'git' | 'panel' | null }

async function takeText(look: GitLook, { facts, text, base, wins }: Incoming): Promise<Outcome> {
  const { shop, link, signal } = look
  const { topologyId } = link
  for (;;) {
    signal.throwIfAborted()
    const head = await findRevision(shop.db, topologyId)
    const merged = mergeGit({ base, git: text, panel: head.text }, wins)
    if (!merged.ok) return conflict(look, facts, merged.conflicts)
    const saved = await save(look, facts, { text: merged.text, parent: head.number, own: text })
    // Somebody saved just now in a way that cannot be merged with this: look at the new head.
    if (saved === null) continue
    if ('problems' in saved) {
      await refuse(look, facts, 'refused', saved.problems)
      return stop({ kind: 'refused', commit: facts.commit, problems: saved.problems })
    }
    shop.reached?.('saved')
    const revision = saved.number
    // Made by a process that died before it wrote that down, it is news still.
    const isNews = revision !== head.number || cameOf(head, facts)
    const note = isNews ? {} : { note: NOTHING_NEW }
    const logged = { ...toLogged(facts, 'taken', revision), ...note }
    await know(look, { commit: facts.commit, text, revision }, logged)
    if (wins !== null) await forgetChoice(shop.db, topologyId, link.choice)
    if (saved.text !== text) await pushMerged(look, revision)
    shop.reached?.('taken')
    return ON
  }
}

/** Git lacks something that the panel has: a choice of a person for the panel's value, at least. */
async function pushMerged({ shop, link }: GitLook, revision: number): Promise<void> {
  if (link.choice === null) return
  const { topologyId } = link
  await transact(shop.db, (tx) => makeDue(tx, topologyId, { revision, now: shop.now() }))
}

type Saved = { number: number; text: string } | { problems: GitProblem[] }

/**
 * The revision that a commit's text makes, or why it may not be saved; null: somebody else's save was
 * in the way. Who pushed is not known to the panel, so a commit names no connection that nobody named
 * before; where a person chose Git's document, that person may.
 */
async function save(
  look: GitLook,
  facts: CommitFacts,
  { text, parent, own }: { text: string; parent: number; own: string },
): Promise<Saved | null> {
  const { shop, link } = look
  const { topologyId } = link
  const isChosen = chosen(look, facts.commit) === 'theirs'
  try {
    const stored = await saveRevision(shop.db, {
      ...{ topologyId, text, parent, actor: authorOf(facts), now: shop.now() },
      mayName: isChosen && link.choice?.mayName !== undefined ? link.choice.mayName : [],
      message: subjectOf(facts),
    })
    const { number, author } = stored.revision
    if (number !== parent) shop.tell('revision', { topologyId, number, author })
    return { number, text: stored.text }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (error.code === 'revision.conflict') return null
    if (error.status !== 400 && error.status !== 403) throw error
    return { problems: problemsOf(error, own) }
  }
}

/** What a save was refused for; `text` is the commit's own. */
function problemsOf({ code, message, detail }: Refusal, text: string): GitProblem[] {
  if (code !== 'connection.not-yours') return [{ line: 0, path: [], message, code }]
  return (detail.issues ?? []).map((issue) => {
    const path = issue.path.map(String)
    return {
      ...{ line: lineOf(text, path), path, code },
      message: `The panel does not know who pushed, and ${issue.message} - name it in the panel first, or choose Git's document there.`,
    }
  })
}

/** Both sides keep what they have until a person chooses, or a later commit settles it. */
async function conflict(
  look: GitLook,
  facts: CommitFacts,
  conflicts: GitConflict[],
): Promise<Outcome> {
  const problems = conflicts.map(({ path }) => ({
    ...{ line: 0, path, code: 'git.conflict' },
    message: `Both Git and the panel changed ${path.join('.')}.`,
  }))
  await refuse(look, facts, 'conflict', problems)
  return stop({ kind: 'conflict', commit: facts.commit, conflicts })
}

/** The first look at a branch that has commits. */
async function takeFirst(look: GitLook, head: string): Promise<Outcome> {
  const { shop, link, repository } = look
  const facts = await repository.facts(head)
  const read = readFileOf(await repository.file(head, link.path, MOST_BYTES))
  // The file is made by the first push.
  if (read.kind === 'absent') return ON
  if (read.kind === 'refused') {
    await refuse(look, facts, 'refused', read.problems)
    return stop({ kind: 'refused', commit: head, problems: read.problems })
  }
  const own = await findOwn(look, read.text, facts.message)
  if (own !== null) {
    await knowOwn(look, facts, { text: read.text, revision: own })
    return ON
  }
  const choice = chosen(look, head)
  if (choice === 'new-branch') return ON
  if (choice === null && (await meetInThePast(look, head))) return takeCommits(look)
  if (choice !== 'theirs') return stop({ kind: 'unrelated', commit: head })
  const outcome = await takeWhole(look, facts, read.text)
  await forgetChoice(shop.db, link.topologyId, link.choice)
  return outcome
}

/**
 * Whether the branch held a revision as it is before both went on: a branch that was renamed, a
 * topology that is kept in Git again. From there on everything is merged as usual.
 */
async function meetInThePast(look: GitLook, head: string): Promise<boolean> {
  const { link, repository } = look
  const range = { from: null, to: head, most: MOST_PAST }
  for (const facts of (await repository.changesOf(link.path, range)).toReversed()) {
    const read = readFileOf(await repository.file(facts.commit, link.path, MOST_BYTES))
    const own = read.kind === 'text' ? await findOwn(look, read.text, facts.message) : null
    if (read.kind !== 'text' || own === null) continue
    await knowOwn(look, facts, { text: read.text, revision: own })
    return true
  }
  return false
}

/** The branch does not lead on from what is known. Nothing is lost: both sides have theirs. */
async function takeRewritten(look: GitLook, head: string): Promise<Outcome> {
  const { shop, link, repository } = look
  const choice = chosen(look, head)
  if (choice === 'new-branch') return ON
  if (choice !== 'theirs') return stop({ kind: 'history-rewritten', commit: head })
  const facts = await repository.facts(head)
  const read = readFileOf(await repository.file(head, link.path, MOST_BYTES))
  if (read.kind !== 'text') {
    const problems = read.kind === 'absent' ? [GONE] : read.problems
    await refuse(look, facts, 'refused', problems)
    return stop({ kind: 'refused', commit: head, problems })
  }
  const outcome = await takeWhole(look, facts, read.text)
  await forgetChoice(shop.db, link.topologyId, link.choice)
  return outcome
}

/** Git's document as it is, as a new revision; what the panel had stays in its history. */
async function takeWhole(look: GitLook, facts: CommitFacts, text: string): Promise<Outcome> {
  const { shop, link } = look
  const head = await findRevision(shop.db, link.topologyId)
  // The panel's own text as the base: everything that differs is Git's change.
  return takeText(look, { facts, text, base: head.text, wins: null })
}

/** What a person chose for exactly this commit. */
const chosen = ({ link }: GitLook, commit: string) =>
  link.choice?.commit === commit ? link.choice.choice : null

/** The file was deleted in Git and is to be written again. */
async function writeAgain(look: GitLook, commit: string): Promise<Outcome> {
  const { shop, link } = look
  const { topologyId } = link
  const { number: revision } = await findRevision(shop.db, topologyId)
  await know(look, { commit, text: null, revision }, null)
  await transact(shop.db, (tx) => makeDue(tx, topologyId, { revision, now: shop.now() }))
  await forgetChoice(shop.db, topologyId, link.choice)
  return ON
}

/**
 * The revision that a commit holds, not older than what is known: the one that its message names, if
 * the text is that one's still; else the newest with this text, whoever wrote it there.
 */
async function findOwn(
  { shop, link }: GitLook,
  text: string,
  message: string,
): Promise<number | null> {
  const { topologyId } = link
  const hash = createHash('sha256').update(text).digest('hex')
  const rows = await shop.db.revision.findMany({
    where: { topologyId, hash, number: { gte: link.knownRevision ?? 1 } },
    orderBy: { number: 'desc' },
    select: { number: true },
  })
  const lines = message.split('\n')
  const named = rows.find(({ number }) => lines.includes(trailerOf(shop, topologyId, number)))
  return (named ?? rows[0])?.number ?? null
}

/**
 * What a commit's text is compared with: the newest revision of ours that the commit leads back to
 * (a merge of our own branch), else what is known. Without the former our own later changes of the
 * same fields would look like conflicts.
 */
async function baseOf(look: GitLook, commit: string): Promise<string> {
  const { shop, link, repository } = look
  const { topologyId, knownCommit } = link
  const pushed = await listPushed(shop.db, topologyId, link.knownRevision ?? 0)
  if (pushed.length > 0) {
    // One walk, and of the new part only: what is known already holds none of them.
    const from = knownCommit !== null && (await repository.has(knownCommit)) ? knownCommit : null
    const start = trailerOf(shop, topologyId, '')
    const lines = new Set(await repository.linesThatBegin(start, { from, to: commit }))
    const newest = pushed.findLast(({ revision }) => lines.has(`${start}${revision}`))
    if (newest) return (await findRevision(shop.db, topologyId, newest.revision)).text
  }
  // Nothing in common is known: what the panel has, so that everything else is Git's change.
  return link.knownText ?? (await findRevision(shop.db, topologyId)).text
}

/**
 * Git holds a revision as it is. If the commit is the panel's own, of a process that died before it
 * wrote that down, it is written down now.
 */
async function knowOwn(
  look: GitLook,
  facts: CommitFacts,
  { text, revision }: { text: string; revision: number },
): Promise<void> {
  const { shop, link } = look
  const { commit, message } = facts
  const row = await findRevision(shop.db, link.topologyId, revision)
  const taken = cameOf(row, facts) ? toLogged(facts, 'taken', revision) : null
  await know(look, { commit, text, revision }, taken)
  if (!message.split('\n').includes(trailerOf(shop, link.topologyId, revision))) return
  // Whose revision it is, the panel knows; the commit may say anything.
  const pushed: LoggedCommit = {
    ...{ commit, author: row.author, direction: 'out', outcome: 'pushed', revision, problems: [] },
    subject: subjectOf(facts),
  }
  const done = { pushed: [pushed], branch: link.branch, known: null }
  await recordPushed(shop.db, link, done, { actor: GIT, now: shop.now() })
}

/** Stores what is known and goes on from it within this look. */
async function know(look: GitLook, known: Known, logged: LoggedCommit | null): Promise<void> {
  const { shop, link } = look
  await recordKnown(shop.db, link, { known, logged }, shop.now())
  link.knownCommit = known.commit
  link.knownText = known.text
  link.knownRevision = known.revision
}

const refuse = (
  { shop, link }: GitLook,
  facts: CommitFacts,
  outcome: 'refused' | 'conflict',
  problems: GitProblem[],
) =>
  recordRefused(
    shop.db,
    link,
    { ...toLogged(facts, outcome, null), problems },
    { actor: GIT, now: shop.now() },
  )
