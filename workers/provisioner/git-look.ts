import { mkdir } from 'node:fs/promises'
import type { GitState } from '@/lib/api/contract-git'
import { PanelError } from '@/lib/base/errors'
import { readGitAddress } from '@/lib/base/git-address'
import { keyFingerprint } from '@/lib/base/key-fingerprint'
import { maskText } from '@/lib/base/mask'
import { findGitLink, type GitLinkRow } from '@/lib/db/git-links'
import { listWaiting, makeDue, noteFailure } from '@/lib/db/git-outbox'
import {
  beginLook,
  forgetChoice,
  type GitPlace,
  keepOffered,
  keepPublicKey,
  recordState,
} from '@/lib/db/git-record'
import { findRevision } from '@/lib/db/revisions'
import { transact } from '@/lib/db/transact'
import { GitError } from '@/lib/git/errors'
import { Repository } from '@/lib/git/repository'
import { type GitWay, openWay, shownHostKey } from '@/lib/git/way'
import { gitKeyName, gitTokenName } from '@/lib/plan/secret-names'
import { makePrivateKey, publicKeyOf } from '@/lib/ssh/keys'
import { giveRevisions, waitsToMerge } from './git-give'
import { copyOf, GIT, type GitLook, type GitShop } from './git-shop'
import { takeCommits } from './git-take'

/** Somebody else's push is met so often before it is left to the next look. */
const TRIES = 3
const BETWEEN_TRIES_MS = 1000
/** After a failure; doubled with each further one, to at most an hour. */
const AGAIN_MS = 30_000
const AGAIN_MOST_MS = 3_600_000
/** Without an interval a link is looked at so often where something waits for it. */
const IDLE_MS = 300_000

/**
 * One look at a repository: takes what is new there, gives what is new here, and writes down how the
 * two stand. What goes wrong in the world is its outcome; it throws only what is a bug, or the signal.
 */
export async function lookAtGit(
  shop: GitShop,
  topologyId: string,
  signal: AbortSignal,
): Promise<void> {
  await beginLook(shop.db, topologyId)
  const link = await findGitLink(shop.db, topologyId)
  if (!link) return
  const { state: was } = link
  // The place that was looked at last: a choice may have led on to another branch.
  const before = () => ({ ...link, state: was })
  try {
    const state = await withHostKey(shop, link, signal, () => synchronize(shop, link, signal))
    await ended(shop, link, { before: before(), state, failures: 0 })
  } catch (error) {
    if (signal.aborted || !(error instanceof PanelError)) throw error
    await failed(shop, link, before(), error)
  }
  shop.tell('git-changed', { topologyId })
}

type Before = GitPlace & Pick<GitLinkRow, 'state'>

async function ended(
  shop: GitShop,
  link: GitLinkRow,
  { before, state, failures }: { before: Before; state: GitState; failures: number },
): Promise<void> {
  const now = shop.now()
  const { topologyId, intervalS } = link
  const waits = (await listWaiting(shop.db, topologyId)).some(({ state: s }) => s === 'due')
  if (waits) await noteFailure(shop.db, topologyId, 'It waits until both are in step.')
  const dueAt = now + (intervalS > 0 ? intervalS * 1000 : IDLE_MS)
  await recordState(shop.db, before, { state, dueAt, failures, fetched: true }, { actor: GIT, now })
  // What was chosen is done by now, or was about something that is not so any more.
  if (link.choice !== null) await forgetChoice(shop.db, topologyId, link.choice)
}

async function failed(
  shop: GitShop,
  link: GitLinkRow,
  before: Before,
  error: PanelError,
): Promise<void> {
  const now = shop.now()
  const failures = link.failures + 1
  const message = maskText(shop.known, error.message)
  const retryAt = now + Math.min(AGAIN_MS * 2 ** (failures - 1), AGAIN_MOST_MS)
  await noteFailure(shop.db, link.topologyId, message)
  const state: GitState = { kind: 'failed', code: error.code, message, retryAt }
  const end = { state, dueAt: retryAt, failures, fetched: false }
  await recordState(shop.db, before, end, { actor: GIT, now })
  if (link.failures === 0) shop.log(`Git of ${link.topologyId}: ${message}`)
}

/** Over SSH nothing is said to a server whose key nobody accepted. */
async function withHostKey(
  shop: GitShop,
  link: GitLinkRow,
  signal: AbortSignal,
  work: () => Promise<GitState>,
): Promise<GitState> {
  if (link.auth === 'ssh-key' && link.publicKey === null) await makeKey(shop, link)
  if (addressOf(link).kind === 'https') return work()
  if (link.hostKey === null) return offer(shop, link, signal)
  try {
    return await work()
  } catch (error) {
    if (error instanceof GitError && error.code === 'git.host-key') return offer(shop, link, signal)
    throw error
  }
}

async function makeKey(shop: GitShop, link: GitLinkRow): Promise<void> {
  const key = await shop.secrets.ensure(gitKeyName(link.topologyId), () =>
    makePrivateKey(`drawbridge ${link.topologyId}`),
  )
  link.publicKey = publicKeyOf(key)
  await keepPublicKey(shop.db, link.topologyId, link.publicKey)
  shop.tell('git-changed', { topologyId: link.topologyId })
}

/** Reads which key the server shows, for a person to compare. */
async function offer(shop: GitShop, link: GitLinkRow, signal: AbortSignal): Promise<GitState> {
  const address = addressOf(link)
  await mkdir(shop.gitDir, { recursive: true, mode: 0o700 })
  const offered = await shownHostKey({ address, egress: shop.egress }, shop.gitDir, signal)
  if (offered === null)
    throw new GitError(
      'git.unreachable',
      `${address.host} shows no SSH host key on port ${address.port} - no SSH server answers there - look at the address.`,
    )
  const fingerprint = await keyFingerprint(offered)
  if (link.hostKey === offered)
    throw new GitError(
      'git.unreachable',
      `${address.host} showed two host keys in a row - several servers may stand behind one name - it is tried again.`,
    )
  await keepOffered(shop.db, link.topologyId, offered)
  return link.hostKey === null
    ? { kind: 'host-key-unknown', offered, fingerprint }
    : {
        ...{ kind: 'host-key-changed', offered, fingerprint },
        expected: await keyFingerprint(link.hostKey),
      }
}

/** The way to a link's repository, with its secrets. */
export async function wayOf(shop: GitShop, link: GitLinkRow): Promise<GitWay> {
  const token =
    link.auth === 'token' ? await shop.secrets.find(gitTokenName(link.topologyId)) : null
  const key = link.auth === 'ssh-key' ? await shop.secrets.find(gitKeyName(link.topologyId)) : null
  return {
    ...{ address: addressOf(link), egress: shop.egress, key },
    ...{ caPem: link.caPem, hostKey: link.hostKey },
    credential: token === null ? null : { username: link.username || 'git', token },
  }
}

function addressOf({ url }: GitLinkRow) {
  const read = readGitAddress(url)
  if (read.ok) return read.address
  throw new GitError(
    'git.failed',
    `${url} is not used - ${read.reason} - correct it in the settings.`,
  )
}

async function synchronize(
  shop: GitShop,
  link: GitLinkRow,
  signal: AbortSignal,
): Promise<GitState> {
  const way = await openWay(await wayOf(shop, link), shop.gitDir)
  const repository = new Repository(copyOf(shop, link.topologyId), signal)
  try {
    await repository.ensure()
    const base = { shop, link, repository, way, signal }
    return await tryThrice(base).catch(async (error: unknown) => {
      if (!(error instanceof GitError) || error.code !== 'git.damaged') throw error
      shop.log(`Git of ${link.topologyId}: the copy is fetched anew. ${error.message}`)
      await repository.forget()
      await repository.ensure()
      return tryThrice(base)
    })
  } finally {
    await way.close()
  }
}

async function tryThrice(base: Omit<GitLook, 'head' | 'branches'>): Promise<GitState> {
  const { shop, link, signal } = base
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const look = await arrive(base)
    if ('state' in look) return look.state
    const taken = await takeCommits(look)
    if (taken.kind === 'stop') return taken.state
    if ((await giveRevisions(look)) === 'done') {
      const branch = await waitsToMerge(look)
      if (branch === null) return { kind: 'in-step' }
      if (look.branches.has(branch) || look.head === null) return { kind: 'to-merge', branch }
      await pushAgain(shop, link)
    } else await shop.pause(BETWEEN_TRIES_MS * attempt, signal)
  }
  if ((await waitsToMerge({ ...base, head: null, branches: new Map() })) !== null)
    return { kind: 'to-merge', branch: `drawbridge/${link.topologyId}` }
  throw new GitError(
    'git.unreachable',
    `Nothing was pushed to ${link.branch} - in ${TRIES} tries somebody else was faster each time - it is tried again.`,
  )
}

/** Our branch is gone and what was on it is nowhere: it goes out again. */
async function pushAgain(shop: GitShop, link: GitLinkRow): Promise<void> {
  const { topologyId } = link
  const { number: revision } = await findRevision(shop.db, topologyId)
  await transact(shop.db, (tx) => makeDue(tx, topologyId, { revision, now: shop.now() }))
}

/** Asks where the branches are and fetches ours, unless it is here already. */
async function arrive(
  base: Omit<GitLook, 'head' | 'branches'>,
): Promise<GitLook | { state: GitState }> {
  const { shop, link, repository, way } = base
  const branches = await repository.branches(way)
  const at = branches.get(link.branch) ?? null
  if (at === null) {
    const fresh = link.knownCommit === null && branches.size === 0
    // A choice about a commit is about something else.
    const isChosen = link.choice?.choice === 'ours' && link.choice.commit === null
    if (!fresh && !isChosen)
      return { state: { kind: 'branch-missing', branches: [...branches.keys()].slice(0, 20) } }
    if (!fresh) await pushAgain(shop, link)
    return { ...base, branches, head: null }
  }
  const here = at === link.knownCommit && (await repository.has(at))
  const head = here ? at : await repository.fetch(way, link.branch)
  shop.reached?.('fetched')
  return { ...base, branches, head }
}
