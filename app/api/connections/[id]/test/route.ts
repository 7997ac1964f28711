import { IdParams } from '@/lib/api/requests'
import { Reply, route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { startErrand } from '@/lib/db/errands'

export const POST = route(
  'POST /api/connections/[id]/test',
  { params: IdParams },
  async ({ params, actor }) => {
    const { db, live, now, wake } = panel()
    const jobId = await startErrand(db, { test: params.id }, { actor, now: now() })
    live.tell('jobs-changed', { jobId })
    wake()
    return new Reply({ jobId }, { status: 202 })
  },
)
