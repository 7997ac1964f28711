import type { LogAnswer } from '@/lib/api/contract'
import { noSuch } from '@/lib/api/refusal'
import { IdParams, LogQuery } from '@/lib/api/requests'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { findJobSummary } from '@/lib/db/job-rows'

export const GET = route(
  'GET /api/jobs/[id]/log',
  { params: IdParams, query: LogQuery },
  async ({ params, query }): Promise<LogAnswer> => {
    const { db, logs, now } = panel()
    if (!(await findJobSummary(db, params.id, now()))) throw noSuch('job', params.id)
    return {
      lines: logs.read(params.id, query.after, query.limit),
      last: logs.last(params.id),
    }
  },
)
