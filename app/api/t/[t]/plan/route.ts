import type { PlanAnswer } from '@/lib/api/contract'
import { goalFrom } from '@/lib/api/goal-from'
import { PlanQuery, TopologyParams } from '@/lib/api/requests'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { peerFrom } from '@/lib/auth/peer'
import { planFor } from '@/lib/db/plans'

export const GET = route(
  'GET /api/t/[t]/plan',
  { params: TopologyParams, query: PlanQuery },
  async ({ params, query, headers }): Promise<PlanAnswer> => {
    const { db, id, now } = panel()
    const planning = { topologyId: params.t, panelId: id, now: now() }
    const { result, observedAt, headRevision } = await planFor(
      db,
      goalFrom(query.goal, peerFrom(headers)),
      planning,
    )
    return { result, observedAt, headRevision }
  },
)
