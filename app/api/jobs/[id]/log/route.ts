import type { LogAnswer } from '@/lib/api/contract'
import { IdParams, LogQuery } from '@/lib/api/requests'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'

export const GET = route(
  'GET /api/jobs/[id]/log',
  { params: IdParams, query: LogQuery },
  async ({ params, query }): Promise<LogAnswer> => {
    const { logs } = panel()
    return {
      lines: logs.read(params.id, query.after, query.limit),
      last: logs.last(params.id),
    }
  },
)
