import { assert } from '@/lib/base/assert'
import type { LoggedCommit } from '@/lib/db/git-log'
import { listFolded, listPushed, listWaiting, settle, type Waiting } from '@/lib/db/git-outbox'
import { followBranch, forgetChoice, type Known, recordPushed } from '@/lib/db/git-record'
import { findRevision } from '@/lib/db/revisions'
import { transact } from '@/lib/db/transact'
import { GitError } from '@/lib/git/errors'
import type { CommitWords } from '@/lib/git/repository'
import { showHidden } from '@/lib/topology/parse/hidden-characters'
import { oneLine } from './git-facts'
import { MOST_BYTES, readFileOf } from './git-file'
import { GIT, type GitLook, trailerOf, waitingBranch } from './git-shop'

/** `again`: somebody pushed meanwhile, so look at what they did first. */
export type Given = 'done' | 'again'

/** A commit of ours with what is to be written down about it. */
type Ours = { commit: string; text: string; revision: number; logged: LoggedCommit }

/**
 * Pushes what waits: a commit for each revision that is due, which holds those before it that nobody
 * said anything about. Never by force. A branch that does not take it gets a branch of ours beside it.
 */
export async function giveRevisions(look: GitLook): Promise<Given> {
  const { link, head } = look
  if (link.choice?.choice === 'new-branch' && link.choice.commit === head)
    return giveOnNewBranch(look)
  const waiting = await listWaiting(look.shop.db, link.topologyId)
  const due = waiting.filter(({ state }) => state === 'due')
  if (due.length === 0) return 'done'
  const parent = head ?? (await parentOfNewBranch(look))
  const ours = await commitEach(look, due, { parent, waiting })
  const last = ours.at(-1)
  if (!last) return 'done'
  look.shop.reached?.('committed')
  const { branch } = link
  const result = await look.repository.push(look.way, { commit: last.commit, branch })
  if (result.kind === 'behind') return 'again'
  if (result.kind === 'declined') return giveBeside(look, last, result.reason)
  look.shop.reached?.('pushed')
  const known = { commit: last.commit, text: last.text, revision: last.revision }
  await writeDown(look, ours, { branch, known })
  if (link.choice !== null && head === null)
    await forgetChoice(look.shop.db, link.topologyId, link.choice)
  return 'done'
}

/** A chain of commits on `parent`. What Git has already is settled and needs none. */
async function commitEach(
  look: GitLook,
  due: readonly Waiting[],
  { parent, waiting }: { parent: string | null; waiting: readonly Waiting[] },
): Promise<Ours[]> {
  const { shop, link } = look
  const { topologyId, branch } = link
  const ours: Ours[] = []
  let tip = parent
  let text = link.knownText
  let before = 0
  const folded = await listFolded(shop.db, topologyId)
  const said = await saidBefore(look, parent)
  for (const { revision } of due) {
    const row = await findRevision(shop.db, topologyId, revision)
    if (row.text === text && tip !== null) {
      const commit = tip
      await transact(shop.db, (tx) => settle(tx, topologyId, { revision, commit, branch }))
      continue
    }
    const held = [...folded, ...waiting.map((each) => each.revision)]
      .filter((each) => each > before && each < revision && !due.some((d) => d.revision === each))
      .toSorted((a, b) => a - b)
    const words = await wordsOf(look, { revision, held, tip, said })
    const change = { parents: tip === null ? [] : [tip], path: link.path, text: row.text }
    const commit = await look.repository.commitFile(change, words)
    ours.push({ commit, text: row.text, revision, logged: toLogged(commit, words, revision) })
    tip = commit
    text = row.text
    before = revision
  }
  return ours
}

/** `held`: revisions that go along; `said`: the lines of ours that the history of `tip` has already. */
type Wording = {
  revision: number
  held: readonly number[]
  tip: string | null
  said: ReadonlySet<string>
}

/** One walk of the history for all that is committed on top of it. */
async function saidBefore(
  { shop, link, repository }: GitLook,
  tip: string | null,
): Promise<ReadonlySet<string>> {
  if (tip === null) return new Set()
  const start = trailerOf(shop, link.topologyId, '')
  return new Set(await repository.linesThatBegin(start, { from: null, to: tip }))
}

async function alone(
  look: GitLook,
  revision: number,
  parents: readonly string[],
): Promise<Wording> {
  const tip = parents[0] ?? null
  return { revision, held: [], tip, said: await saidBefore(look, tip) }
}

/**
 * What a commit says. The same revision on the same parent always says the same, so that a commit that
 * is made again after a crash is the same commit.
 */
async function wordsOf(
  { shop, link }: GitLook,
  { revision, held, tip, said: before }: Wording,
): Promise<CommitWords> {
  const { topologyId } = link
  const { author, message, at } = await findRevision(shop.db, topologyId, revision)
  const said = spoken(message).split('\n')
  const subject = oneLine(said[0] ?? '', 200) || `Save r${revision}`
  const others = await Promise.all(
    held.map(async (each) => {
      const other = await findRevision(shop.db, topologyId, each)
      const what = oneLine(spoken(other.message).split('\n')[0] ?? '', 200)
      return `- r${each} by ${oneLine(other.author, 200)}${what === '' ? '' : `: ${what}`}`
    }),
  )
  const more = [
    said.slice(1).join('\n').trim(),
    others.length === 0 ? '' : `With it go:\n${others.join('\n')}`,
  ].filter(Boolean)
  const line = trailerOf(shop, topologyId, revision)
  // Written a second time, as after a conflict: the line stays the name of one commit.
  const trailer = before.has(line) ? `${line} again after ${tip?.slice(0, 12)}` : line
  return {
    author: {
      name: oneLine(author, 200),
      email: `${mailName(author)}@${shop.panelId}.drawbridge.invalid`,
    },
    committer: { name: 'Drawbridge', email: `panel@${shop.panelId}.drawbridge.invalid` },
    at: at.getTime(),
    message: `${[subject, ...more, trailer].join('\n\n')}\n`,
  }
}

/** What a person said, with nothing hidden in it that Git refuses or that passes for our own line. */
const spoken = (message: string) =>
  showHidden(message.replaceAll('\r\n', '\n'))
    .replace(/^(?=\s*Drawbridge-Revision:)/gim, '> ')
    .trim()

const mailName = (name: string) =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '') || 'somebody'

const toLogged = (commit: string, words: CommitWords, revision: number): LoggedCommit => ({
  ...{ commit, direction: 'out', outcome: 'pushed', revision, problems: [] },
  ...{ author: words.author.name, subject: words.message.split('\n')[0] ?? '' },
})

async function writeDown(
  { shop, link }: GitLook,
  ours: readonly Ours[],
  { branch, known }: { branch: string; known: Known | null },
): Promise<void> {
  const pushed = ours.map(({ logged }) => logged)
  const by = { actor: GIT, now: shop.now() }
  await recordPushed(shop.db, link, { pushed, branch, known }, by)
  if (known) {
    link.knownCommit = known.commit
    link.knownText = known.text
    link.knownRevision = known.revision
  }
  shop.reached?.('recorded')
}

/** The branch is protected: one commit on a branch of ours, for a person to merge. */
async function giveBeside(look: GitLook, newest: Ours, reason: string): Promise<Given> {
  const { link, repository, way, branches } = look
  const branch = waitingBranch(link.topologyId)
  const { revision, text } = newest
  const at = branches.get(branch) ?? null
  const there = at === null ? null : await repository.fetch(way, branch, 'other')
  if (there !== null && (await textAt(look, there)) === text) {
    const commit = there
    await transact(look.shop.db, (tx) => settle(tx, link.topologyId, { revision, commit, branch }))
    return 'done'
  }
  const parents = await parentsBeside(look, there)
  const words = await wordsOf(look, await alone(look, revision, parents))
  const commit = await repository.commitFile({ parents, path: link.path, text }, words)
  const result = await repository.push(way, { commit, branch })
  if (result.kind === 'behind') return 'again'
  if (result.kind === 'declined') throw declined(link.branch, branch, `${reason} ${result.reason}`)
  look.shop.reached?.('pushed')
  branches.set(branch, commit)
  const logged = toLogged(commit, words, revision)
  await writeDown(look, [{ commit, text, revision, logged }], { branch, known: null })
  return 'done'
}

/** So that the push leads on from what is there, and a merge of it brings our change and no other. */
async function parentsBeside(
  { head, repository }: GitLook,
  there: string | null,
): Promise<string[]> {
  const main = head === null ? [] : [head]
  if (there === null || head === null) return main
  if (await repository.leadsTo(there, head)) return main
  return (await repository.leadsTo(head, there)) ? [there] : [head, there]
}

/** Ours on top of what is there now, on a new branch that is followed from here on. */
async function giveOnNewBranch(look: GitLook): Promise<Given> {
  const { shop, link, head, repository, way, branches } = look
  const { topologyId } = link
  const { number: revision, text } = await findRevision(shop.db, topologyId)
  const branch = `${waitingBranch(topologyId)}-r${revision}`
  const there = branches.has(branch) ? await repository.fetch(way, branch, 'other') : null
  const parents = there !== null ? [there] : head === null ? [] : [head]
  let commit = there
  const pushed: Ours[] = []
  if (there === null || (await textAt(look, there)) !== text) {
    const words = await wordsOf(look, await alone(look, revision, parents))
    commit = await repository.commitFile({ parents, path: link.path, text }, words)
    const result = await repository.push(way, { commit, branch })
    if (result.kind === 'behind') return 'again'
    if (result.kind === 'declined') throw declined(link.branch, branch, result.reason)
    shop.reached?.('pushed')
    pushed.push({ commit, text, revision, logged: toLogged(commit, words, revision) })
  }
  assert(commit !== null, 'a new branch without a commit')
  await followBranch(shop.db, topologyId, branch)
  link.branch = branch
  await writeDown(look, pushed, { branch, known: { commit, text, revision } })
  await transact(shop.db, (tx) => settle(tx, topologyId, { revision, commit, branch }))
  await forgetChoice(shop.db, topologyId, link.choice)
  return 'done'
}

async function textAt({ repository, link }: GitLook, commit: string): Promise<string | null> {
  const read = readFileOf(await repository.file(commit, link.path, MOST_BYTES))
  return read.kind === 'text' ? read.text : null
}

/** Where a branch begins that is not there: where it was, else at another one; null: at nothing. */
async function parentOfNewBranch(look: GitLook): Promise<string | null> {
  const { link, repository, branches, way } = look
  if (link.knownCommit !== null && (await repository.has(link.knownCommit))) {
    link.knownText = null
    return link.knownCommit
  }
  link.knownText = null
  const [other] = [...branches.keys()].toSorted(
    (a, b) => Number(b === 'main' || b === 'master') - Number(a === 'main' || a === 'master'),
  )
  return other === undefined ? null : repository.fetch(way, other, 'other')
}

/** Whether commits of ours wait to be merged by a person; their branch, or null. */
export async function waitsToMerge({ shop, link }: GitLook): Promise<string | null> {
  const branch = waitingBranch(link.topologyId)
  const pushed = await listPushed(shop.db, link.topologyId, link.knownRevision ?? 0)
  return pushed.some((each) => each.branch === branch && link.branch !== branch) ? branch : null
}

const declined = (branch: string, other: string, reason: string) =>
  new GitError(
    'git.auth',
    `Neither ${branch} nor ${other} takes a push - the server says: ${reason.trim()} - let the panel's key or token write at least ${other}.`,
  )
