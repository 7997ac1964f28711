import { Layout, TopologyParams } from '@/lib/api/requests'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { readLayout, writeLayout } from '@/lib/db/layout'

export const PUT = route(
  'PUT /api/t/[t]/layout',
  { params: TopologyParams, body: Layout },
  async ({ params, body }) => {
    const { db, live } = panel()
    await writeLayout(db, params.t, body)
    live.tell('layout', { topologyId: params.t })
    return readLayout(db, params.t)
  },
)
