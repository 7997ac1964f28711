import { TopologyParams } from '@/lib/api/requests'
import { FitParams } from '@/lib/api/requests-fit'
import { isAtLeast } from '@/lib/api/roles'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { connectionsToName, roleAt, sightOf } from '@/lib/auth/sight'
import { fitHead } from '@/lib/db/fit'

export const GET = route(
  'GET /api/t/[t]/fit',
  { params: TopologyParams, query: FitParams },
  async ({ params, query, session }) => {
    const { db, id } = panel()
    // Who may save is offered what they may name; who only reads, what they see anyway.
    const within = isAtLeast(roleAt(session, params.t), 'editor')
      ? await connectionsToName(db, session)
      : (await sightOf(db, session)).connections
    const { connection, answers } = query
    return fitHead(
      db,
      { topologyId: params.t, panelId: id, within },
      { answers, ...(connection === undefined ? {} : { connection }) },
    )
  },
)
