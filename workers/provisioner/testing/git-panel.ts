import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { GitChoice, GitLinkAnswer, GitState, PutGitRequest } from '@/lib/api/contract-git'
import { KnownSecrets } from '@/lib/base/mask'
import type { Actor } from '@/lib/db/audit'
import { type Db, openDb } from '@/lib/db/client'
import { databaseIn } from '@/lib/db/data-folder'
import { chooseGit, getGitLink, putGitLink } from '@/lib/db/git-links'
import { findRevision, saveRevision } from '@/lib/db/revisions'
import { ensureProvisionerKey, readRecipient } from '@/lib/db/secret-keys'
import { readIdentity } from '@/lib/db/secret-open'
import { type GitServer, TOKEN, USER } from '@/lib/git/testing/git-server'
import { makeEgress } from '@/lib/io/egress'
import { lookAtGit } from '../git-look'
import type { GitShop } from '../git-shop'
import { openSecrets } from '../secret-store'

export const ADA: Actor = { id: 'u1', name: 'ada', via: 'browser', from: '127.0.0.1' }
export const FILE = 'lab/topology.yaml'

/** The part of a panel that keeps topologies in Git, over a database that is there already. */
export async function openGitPanel(
  dataDir: string,
  port: number,
  more: Partial<GitShop> = {},
): Promise<{ db: Db; shop: GitShop; recipient: string }> {
  const db = await openDb(databaseIn(dataDir))
  await ensureProvisionerKey(dataDir)
  const identity = await readIdentity(dataDir)
  const recipient = await readRecipient(dataDir)
  const known = new KnownSecrets()
  const now = () => Date.now()
  const shop: GitShop = {
    ...{ db, panelId: 'abcd2345', known, now },
    secrets: openSecrets({ db, identity, recipient, known, now }),
    egress: makeEgress(async () => [{ host: '127.0.0.1', port, reach: 'private', by: 'the test' }]),
    gitDir: join(dataDir, 'git'),
    tell: () => undefined,
    wake: () => undefined,
    log: () => undefined,
    pause: (ms, signal) => delay(ms / 100, undefined, { signal }),
    ...more,
  }
  return { db, shop, recipient }
}

/** Settings of a link to the server, with its token. */
export const linkTo = (server: GitServer, more: Partial<PutGitRequest> = {}): PutGitRequest => ({
  ...{ url: server.url, branch: 'main', path: FILE, auth: 'token', username: USER },
  ...{ caPem: server.caPem, commitOn: 'message', intervalS: 0, autoApply: false, token: TOKEN },
  ...more,
})

/** A person at such a panel, with one topology. */
export function atPanel(
  { db, shop, recipient }: Awaited<ReturnType<typeof openGitPanel>>,
  t: string,
) {
  const never = new AbortController().signal
  const link = async (): Promise<GitLinkAnswer> => {
    const found = await getGitLink(db, t)
    if (!found) throw new Error(`${t} is not kept in Git`)
    return found
  }
  return {
    link,
    put: (request: PutGitRequest) =>
      putGitLink(db, t, request, { actor: ADA, now: Date.now(), recipient }),
    async look(): Promise<GitState> {
      await lookAtGit(shop, t, never)
      return (await link()).state
    },
    head: () => findRevision(db, t),
    /** Saves the head with its text changed; answers the revision's number. */
    async save(change: (text: string) => string, message = ''): Promise<number> {
      const head = await findRevision(db, t)
      const save = { topologyId: t, text: change(head.text), parent: head.number, message }
      const { revision } = await saveRevision(db, { ...save, actor: ADA, now: Date.now() })
      return revision.number
    },
    async choose(choice: GitChoice, mayName: string[] | null = null): Promise<void> {
      const { state } = await link()
      const commit = 'commit' in state ? state.commit : null
      const request = { choice, state: state.kind, commit }
      await chooseGit(db, t, request, { actor: ADA, now: Date.now(), mayName })
    },
  }
}
