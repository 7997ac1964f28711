import { noSuch } from '@/lib/api/refusal'
import { ActOnJob, JobActionParams } from '@/lib/api/requests'
import { route } from '@/lib/api/route'
import { requireDesk, requireFreshSignIn } from '@/lib/auth/level-three'
import { panel } from '@/lib/auth/panel'
import { requireRole, roleForJob } from '@/lib/auth/require-role'
import { actOnJob } from '@/lib/db/job-actions'
import { findJobSummary } from '@/lib/db/job-rows'
import { findPlan } from '@/lib/db/jobs'

export const POST = route(
  'POST /api/jobs/[id]/[action]',
  { params: JobActionParams, body: ActOnJob },
  async ({ params, body, ...asking }) => {
    const { actor, session } = asking
    const { db, live, now, wake } = panel()
    const { id, action } = params
    const before = await findJobSummary(db, id, now())
    if (!before) throw noSuch('job', id)
    // The row has judged errands: they have no topology, or ask no more than it.
    if (action !== 'cancel' && before.topologyId !== null) {
      requireRole(session, roleForJob(before.kind), before.topologyId)
      // Going on with what loses data is as much as starting it; another plan is a new start.
      const plan = await findPlan(db, id)
      if (plan?.level === 3 || plan?.goal.kind === 'firewall')
        requireDesk(asking, before.topologyId)
      if (plan?.level === 3 && action === 'approve') requireFreshSignIn(session, now())
    }
    const act = { jobId: id, action, actor, now: now(), ...body }
    const events = await actOnJob(db, act)
    live.tell('job-events', { jobId: id, events })
    live.tell('jobs-changed', { jobId: id })
    wake()
    return findJobSummary(db, id, now())
  },
)
