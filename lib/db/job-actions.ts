import type { JobAction } from '@/lib/api/contract'
import type { JobEvent } from '@/lib/jobs/journal'
import type { Db } from './client'
import { approveJob, requestCancel, retryJob, skipFailed } from './jobs'

/** Carries out what a person asked of a job, and answers the events that it made. */
export function actOnJob(
  db: Db,
  act: { jobId: string; action: JobAction; by: string; reason: string; now: number },
): Promise<JobEvent[]> {
  const { jobId, by, reason, now } = act
  switch (act.action) {
    case 'cancel':
      return requestCancel(db, jobId, by, now)
    case 'retry':
      return retryJob(db, jobId, by, now)
    case 'approve':
      return approveJob(db, jobId, by, now)
    case 'skip':
      return skipFailed(db, jobId, { by, reason }, now)
  }
}
