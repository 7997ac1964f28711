import {
  type AcceptGitHostKeyRequest,
  CHOICES,
  type ChooseGitRequest,
  type GitChoice,
  type GitLinkAnswer,
  type GitSettings,
  type GitState,
  type PutGitRequest,
} from '@/lib/api/contract-git'
import { Refusal } from '@/lib/api/refusal'
import { readGitAddress } from '@/lib/base/git-address'
import { keyFingerprint } from '@/lib/base/key-fingerprint'
import { gitHookName, gitKeyName, gitTokenName } from '@/lib/plan/secret-names'
import type { Json } from '@/lib/topology/change'
import { type Actor, appendAudit } from './audit'
import type { AuditAction } from './audit-actions'
import type { Db, Tx } from './client'
import type { GitLink as Row } from './generated/client'
import { listLog } from './git-log'
import { listWaiting, makeDue } from './git-outbox'
import { findRevision } from './revisions'
import { listSealed, putSealed, removeSealed, seal } from './secrets'
import { transact } from './transact'

/** Who does it, and when. */
type By = { actor: Actor; now: number }

/** What a person chose, until the provisioner carried it out. */
export type PendingChoice = {
  choice: GitChoice
  commit: string | null
  by: string
  /** The connections that they may newly name by it; null: all; absent: none. */
  mayName?: readonly string[] | null
}

/** A link as the provisioner needs it. */
export type GitLinkRow = Omit<Row, 'stateJson' | 'choiceJson'> & {
  state: GitState
  choice: PendingChoice | null
}

/** The link of a topology, or null. */
export async function findGitLink(db: Db | Tx, topologyId: string): Promise<GitLinkRow | null> {
  const row = await db.gitLink.findUnique({ where: { topologyId } })
  if (!row) return null
  const { stateJson, choiceJson, ...rest } = row
  return {
    ...rest,
    state: JSON.parse(stateJson) as GitState,
    choice: choiceJson === null ? null : (JSON.parse(choiceJson) as PendingChoice),
  }
}

/** Everything about it for people; null: not kept in Git. Refuses an unknown topology (404). */
export async function getGitLink(db: Db, topologyId: string): Promise<GitLinkAnswer | null> {
  await findRevision(db, topologyId)
  const link = await findGitLink(db, topologyId)
  if (!link) return null
  const secrets = new Set((await listSealed(db, gitPrefix(topologyId))).map(({ name }) => name))
  return {
    settings: settingsOf(link),
    state: link.state,
    publicKey: link.auth === 'ssh-key' ? link.publicKey : null,
    hostKey:
      link.hostKey === null
        ? null
        : { key: link.hostKey, fingerprint: await keyFingerprint(link.hostKey) },
    tokenSet: secrets.has(gitTokenName(topologyId)),
    hookSet: secrets.has(gitHookName(topologyId)),
    fetchedAt: link.fetchedAt?.getTime() ?? null,
    pushedAt: link.pushedAt?.getTime() ?? null,
    asked: link.askedAt !== null,
    choice: link.choice?.choice ?? null,
    waiting: await listWaiting(db, topologyId),
    log: await listLog(db, topologyId),
  }
}

const gitPrefix = (topologyId: string) => gitTokenName(topologyId).replace(/token$/, '')

const settingsOf = (row: Omit<Row, 'stateJson' | 'choiceJson'>): GitSettings => ({
  url: row.url,
  branch: row.branch,
  path: row.path,
  auth: row.auth as GitSettings['auth'],
  username: row.username,
  caPem: row.caPem,
  commitOn: row.commitOn as GitSettings['commitOn'],
  intervalS: row.intervalS,
  autoApply: row.autoApply,
})

/** Nothing is known of the new place. */
const NOTHING_KNOWN = {
  ...{ knownCommit: null, knownText: null, knownRevision: null, seenCommit: null },
  ...{ choiceJson: null, failures: 0, stateJson: JSON.stringify({ kind: 'new' }) },
}

/**
 * Keeps a topology in Git from now on, or changes how. Another repository, branch or path begins
 * anew, with the head revision to be pushed; another server has to show its key again. The token is
 * sealed to `recipient`. Refuses (422 `git.no-token`) a token that was never given for that server.
 */
export async function putGitLink(
  db: Db,
  topologyId: string,
  { token, ...settings }: PutGitRequest,
  { actor, now, recipient }: By & { recipient: string },
): Promise<void> {
  await findRevision(db, topologyId)
  const sealed = token === undefined ? null : await seal(recipient, token)
  await transact(db, async (tx) => {
    // A write first (client.ts).
    await tx.gitLink.updateMany({ where: { topologyId: '' }, data: { failures: 0 } })
    const before = await tx.gitLink.findUnique({ where: { topologyId } })
    const moved = before === null || placeOf(before) !== placeOf(settings)
    const isSameServer = before !== null && serverOf(before.url) === serverOf(settings.url)
    const askedAt = new Date(now)
    const data = {
      ...{ ...settings, askedAt, dueAt: askedAt },
      ...(moved ? NOTHING_KNOWN : {}),
      ...(isSameServer ? {} : { hostKey: null, offeredHostKey: null }),
    }
    await tx.gitLink.upsert({
      where: { topologyId },
      create: { topologyId, createdAt: askedAt, ...NOTHING_KNOWN, ...data },
      update: data,
    })
    if (moved) {
      const head = await findRevision(tx, topologyId)
      await tx.gitOutbox.deleteMany({ where: { topologyId } })
      await makeDue(tx, topologyId, { revision: head.number, now })
    }
    const name = gitTokenName(topologyId)
    // What was given for one server is not shown to another one.
    if (!isSameServer) await removeSealed(tx, name)
    if (sealed !== null) await putSealed(tx, { name, sealed, at: now, by: actor.name })
    if (settings.auth === 'token' && (await listSealed(tx, name)).length === 0) throw noToken()
    await audit(tx, 'git.change', topologyId, {
      ...{ actor, now, before: before ? shown(settingsOf(before)) : null },
      after: { ...shown(settings), ...(token === undefined ? {} : { token: 'a new one' }) },
    })
  })
}

const placeOf = ({ url, branch, path }: Pick<Row, 'url' | 'branch' | 'path'>) =>
  JSON.stringify([url, branch, path])

const serverOf = (url: string): string => {
  const read = readGitAddress(url)
  return read.ok ? `${read.address.kind} ${read.address.host} ${read.address.port}` : url
}

const shown = ({ caPem, ...settings }: GitSettings): { [key: string]: Json } => ({
  ...settings,
  name: settings.url,
  authority: caPem !== null,
})

/** Keeps it in Git no more: what is there stays there; the panel forgets its key and token. */
export async function removeGitLink(db: Db, topologyId: string, by: By): Promise<void> {
  await transact(db, async (tx) => {
    const { url } = await held(tx, topologyId)
    await tx.gitLink.delete({ where: { topologyId } })
    for (const name of [gitKeyName, gitTokenName, gitHookName])
      await removeSealed(tx, name(topologyId))
    await audit(tx, 'git.remove', topologyId, { ...by, before: { name: url } })
  })
}

/** Has the provisioner look at once. `commit`: the head revision goes out too, message or not. */
export async function askGit(
  db: Db,
  topologyId: string,
  { actor, now, commit }: By & { commit: boolean },
): Promise<void> {
  await transact(db, async (tx) => {
    const { url } = await held(tx, topologyId)
    await tx.gitLink.update({ where: { topologyId }, data: { askedAt: new Date(now) } })
    if (commit) {
      const { number } = await findRevision(tx, topologyId)
      await tx.gitOutbox.updateMany({
        where: { topologyId, revision: number, state: 'held' },
        data: { state: 'due' },
      })
    }
    await audit(tx, 'git.sync', topologyId, { actor, now, after: { name: url } })
  })
}

/** A webhook told that something was pushed. One look is enough for many: only the first is written. */
export async function noteGitPush(
  db: Db,
  topologyId: string,
  { from, now }: { from: string | null; now: number },
): Promise<void> {
  await transact(db, async (tx) => {
    const { count } = await tx.gitLink.updateMany({
      where: { topologyId, askedAt: null },
      data: { askedAt: new Date(now) },
    })
    if (count === 0) return
    const { url } = await held(tx, topologyId)
    const actor: Actor = { id: null, name: 'a webhook', via: 'token', from }
    await audit(tx, 'git.sync', topologyId, { actor, now, after: { name: url } })
  })
}

/** Accepts the host key that was compared; 409 `git.moved` if the server shows another by now. */
export async function acceptGitHostKey(
  db: Db,
  topologyId: string,
  { offered }: Pick<AcceptGitHostKeyRequest, 'offered'>,
  { actor, now }: By,
): Promise<void> {
  await transact(db, async (tx) => {
    const link = await held(tx, topologyId)
    if (link.offeredHostKey !== offered) throw moved('the server shows another host key by now')
    const fingerprint = await keyFingerprint(offered)
    const before = link.hostKey === null ? null : await keyFingerprint(link.hostKey)
    const data = { hostKey: offered, offeredHostKey: null, askedAt: new Date(now) }
    await tx.gitLink.update({ where: { topologyId }, data })
    await audit(tx, 'git.host-key', topologyId, {
      ...{ actor, now, before: { name: link.url, fingerprint: before } },
      after: { name: link.url, fingerprint },
    })
  })
}

/** Chooses how to go on; 409 `git.moved` if it is not so any more. */
export async function chooseGit(
  db: Db,
  topologyId: string,
  { choice, state, commit }: ChooseGitRequest,
  { actor, now, mayName }: By & Pick<PendingChoice, 'mayName'>,
): Promise<void> {
  await transact(db, async (tx) => {
    const link = await held(tx, topologyId)
    const present = JSON.parse(link.stateJson) as GitState
    const at = 'commit' in present ? present.commit : null
    if (present.kind !== state || at !== commit) throw moved('it is in another state by now')
    if (!CHOICES[state]?.includes(choice)) throw moved('there is nothing of that kind to choose')
    const pending: PendingChoice = { choice, commit, by: actor.name, mayName }
    const data = { choiceJson: JSON.stringify(pending), askedAt: new Date(now) }
    await tx.gitLink.update({ where: { topologyId }, data })
    await audit(tx, 'git.choose', topologyId, {
      ...{ actor, now, after: { name: link.url, choice, state, commit } },
    })
  })
}

/** Stores the secret that webhooks are signed with. */
export async function setGitHook(
  db: Db,
  topologyId: string,
  { secret, recipient, actor, now }: By & { secret: string; recipient: string },
): Promise<void> {
  const sealed = await seal(recipient, secret)
  await transact(db, async (tx) => {
    const { url } = await held(tx, topologyId)
    await putSealed(tx, { name: gitHookName(topologyId), sealed, at: now, by: actor.name })
    await audit(tx, 'git.hook', topologyId, { actor, now, after: { name: url } })
  })
}

/** The row, locked for writing; refuses (404 `git.not-kept`) a topology that is not kept in Git. */
async function held(tx: Tx, topologyId: string): Promise<Row> {
  // A write first (client.ts).
  await tx.gitLink.updateMany({ where: { topologyId: '' }, data: { failures: 0 } })
  const row = await tx.gitLink.findUnique({ where: { topologyId } })
  if (!row) throw notKept()
  return row
}

type Audited = By & { before?: Json; after?: Json }

const audit = (tx: Tx, action: AuditAction, topologyId: string, { actor, now, ...rest }: Audited) =>
  appendAudit(
    tx,
    actor,
    { action, object: { kind: 'git', id: topologyId }, topologyId, ...rest },
    now,
  )

/** 404: it is not kept in Git. */
export const notKept = () =>
  new Refusal(
    404,
    'git.not-kept',
    'This topology is not kept in Git - nobody said where, or it was taken out - set it up under History > Git.',
  )

const noToken = () =>
  new Refusal(
    422,
    'git.no-token',
    'Nothing was saved - no token was given for this server, and the one of another is not sent to it - type one that may read and write the repository.',
  )

const moved = (why: string) =>
  new Refusal(
    409,
    'git.moved',
    `Nothing was done - ${why} - look at what the page says now and decide again.`,
  )
