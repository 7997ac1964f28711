import { TopologyParams } from '@/lib/api/requests'
import { Reply, route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { startErrand } from '@/lib/db/errands'

export const POST = route(
  'POST /api/t/[t]/git/test',
  { params: TopologyParams },
  async ({ params, actor }) => {
    const { db, live, now, wake } = panel()
    const jobId = await startErrand(db, { git: params.t }, { actor, now: now() })
    live.tell('jobs-changed', { jobId })
    wake()
    return new Reply({ jobId }, { status: 202 })
  },
)
