import type { Db } from './client'
import { getConnection } from './connections'
import { enqueueJob, findQueuedErrand } from './jobs'
import { readTopology } from './parsed'
import { findRevision } from './revisions'

/** What an errand looks at: the machines of a topology, or one connection. */
export type ErrandTarget = { refresh: string } | { test: string }

/**
 * Queues a small job that only reads, and answers its id; one that waits already is answered instead.
 * Refuses an unknown topology or connection (404).
 */
export async function startErrand(
  db: Db,
  target: ErrandTarget,
  { by, now }: { by: string; now: number },
): Promise<string> {
  const job = 'refresh' in target ? await refresh(db, target.refresh) : await test(db, target.test)
  return (await findQueuedErrand(db, job)) ?? enqueueJob(db, { ...job, by }, now)
}

async function refresh(db: Db, topologyId: string) {
  const { hash, text } = await findRevision(db, topologyId)
  const { name } = readTopology(hash, text)
  return { kind: 'refresh', title: `Look at ${name}`, topologyId } as const
}

async function test(db: Db, connectionId: string) {
  const { name } = await getConnection(db, connectionId)
  return { kind: 'test-connection', title: `Test connection ${name}`, connectionId } as const
}
