import { type Actor, type AuditNote, appendAudit } from './audit'
import type { Db } from './client'
import { getConnection } from './connections'
import { findGitLink, notKept } from './git-links'
import { refuseChanged } from './identities'
import { enqueueJob, findQueuedErrand, type NewJob } from './jobs'
import { readTopology } from './parsed'
import { findRevision } from './revisions'
import { transact } from './transact'

/** What an errand looks at: the machines of a topology, its Git repository, or one connection. */
export type ErrandTarget = { refresh: string } | { git: string } | { test: string }

/**
 * Queues a small job that only reads, and answers its id; one that waits already is answered instead.
 * Refuses an unknown topology or connection (404).
 */
export async function startErrand(
  db: Db,
  target: ErrandTarget,
  { actor, now }: { actor: Actor; now: number },
): Promise<string> {
  const { name, job, note } =
    'refresh' in target
      ? await refresh(db, target.refresh)
      : 'git' in target
        ? await testGit(db, target.git)
        : await test(db, target.test)
  return transact(db, async (tx) => {
    // A write first (client.ts): of two who press at once the second sees the first one's errand.
    await tx.job.updateMany({ where: { id: '' }, data: { cancelAsked: false } })
    const queued = await findQueuedErrand(tx, job)
    if (queued !== null) return queued
    const id = await enqueueJob(tx, { ...job, by: actor.name }, now)
    await appendAudit(tx, actor, { ...note, after: { name, job: id } }, now)
    return id
  })
}

type Errand = {
  job: Pick<NewJob, 'kind' | 'title' | 'topologyId' | 'connectionId'>
  name: string
  note: AuditNote
}

async function refresh(db: Db, topologyId: string): Promise<Errand> {
  await refuseChanged(db, topologyId)
  const { hash, text } = await findRevision(db, topologyId)
  const { name } = readTopology(hash, text)
  return {
    name,
    job: { kind: 'refresh', title: `Look at ${name}`, topologyId },
    note: { action: 'topology.refresh', object: { kind: 'topology', id: topologyId }, topologyId },
  }
}

async function testGit(db: Db, topologyId: string): Promise<Errand> {
  const { hash, text } = await findRevision(db, topologyId)
  if ((await findGitLink(db, topologyId)) === null) throw notKept()
  const { name } = readTopology(hash, text)
  return {
    name,
    job: { kind: 'test-connection', title: `Test the Git repository of ${name}`, topologyId },
    note: { action: 'git.test', object: { kind: 'git', id: topologyId }, topologyId },
  }
}

async function test(db: Db, connectionId: string): Promise<Errand> {
  const { name } = await getConnection(db, connectionId)
  return {
    name,
    job: { kind: 'test-connection', title: `Test connection ${name}`, connectionId },
    note: { action: 'connection.test', object: { kind: 'connection', id: connectionId } },
  }
}
