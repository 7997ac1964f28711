import { noSuch } from '@/lib/api/refusal'
import { ActOnJob, JobActionParams } from '@/lib/api/requests'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { requireRole, roleForJob } from '@/lib/auth/require-role'
import { actOnJob } from '@/lib/db/job-actions'
import { findJobSummary } from '@/lib/db/job-rows'

export const POST = route(
  'POST /api/jobs/[id]/[action]',
  { params: JobActionParams, body: ActOnJob },
  async ({ params, body, me }) => {
    const { db, live, now, wake } = panel()
    const { id, action } = params
    const before = await findJobSummary(db, id, now())
    if (!before) throw noSuch('job', id)
    // Going on with a destroy is as much as starting one.
    if (action !== 'cancel') requireRole(me, roleForJob(before.kind))
    const reason = body.reason ?? ''
    const events = await actOnJob(db, { jobId: id, action, by: me.name, reason, now: now() })
    live.tell('job-events', { jobId: id, events })
    live.tell('jobs-changed', { jobId: id })
    wake()
    return findJobSummary(db, id, now())
  },
)
