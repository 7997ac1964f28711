import type { JobDetail } from '@/lib/api/contract'
import { noSuch } from '@/lib/api/refusal'
import { IdParams } from '@/lib/api/requests'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { findJob } from '@/lib/db/jobs'

export const GET = route(
  'GET /api/jobs/[id]',
  { params: IdParams },
  async ({ params }): Promise<JobDetail> => {
    const { db, logs, now } = panel()
    const job = await findJob(db, params.id, now())
    if (!job) throw noSuch('job', params.id)
    return { ...job, lines: logs.last(params.id) }
  },
)
