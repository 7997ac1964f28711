import type { Db } from './client'
import { deployedForGit } from './git-outbox'

/** Notes the revision that a deploy has finished: from now on it is what "last applied" means. */
export async function markApplied(db: Db, topologyId: string, revision: number): Promise<void> {
  await db.topology.updateMany({ where: { id: topologyId }, data: { appliedRevision: revision } })
  await deployedForGit(db, topologyId, revision)
}
