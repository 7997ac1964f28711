import type { JobAction, JobActionRequest } from '@/lib/api/contract'
import { Refusal } from '@/lib/api/refusal'
import type { JobEvent } from '@/lib/jobs/journal'
import type { Actor } from './audit'
import type { Db } from './client'
import { approveJob, findPlan, requestCancel, retryJob, skipFailed } from './jobs'
import { readTopology } from './parsed'
import { refuseOtherName } from './plans'
import { findRevision } from './revisions'

/** What a person asked of a job, when. */
export type JobAct = JobActionRequest & {
  jobId: string
  action: JobAction
  actor: Actor
  now: number
}

/**
 * Carries out what a person asked of a job, and answers the events that it made. Approving takes the
 * hash of the plan that was looked at and, where that loses data, the typed name; skipping a reason.
 */
export async function actOnJob(db: Db, act: JobAct): Promise<JobEvent[]> {
  const { jobId, actor, now, planHash } = act
  switch (act.action) {
    case 'cancel':
      return requestCancel(db, jobId, actor, now)
    case 'retry':
      return retryJob(db, jobId, actor, now)
    case 'approve':
      await refuseUntyped(db, act)
      return approveJob(db, jobId, { actor, planHash }, now)
    case 'skip':
      return skipFailed(db, jobId, { actor, reason: reasonOf(act) }, now)
  }
}

async function refuseUntyped(db: Db, { jobId, typedName }: JobAct): Promise<void> {
  const plan = await findPlan(db, jobId)
  const job = await db.job.findUnique({ where: { id: jobId }, select: { topologyId: true } })
  if (plan?.level !== 3 || !job?.topologyId) return
  const { hash, text } = await findRevision(db, job.topologyId, plan.revision)
  refuseOtherName(plan.goal, readTopology(hash, text), typedName)
}

function reasonOf({ reason = '' }: JobAct): string {
  const text = reason.trim()
  if (text !== '') return text
  throw new Refusal(
    422,
    'job.no-reason',
    'Nothing was skipped - whoever reads the journal later needs to know why - send a reason.',
  )
}
