import { TopologyParams } from '@/lib/api/requests'
import { FitParams } from '@/lib/api/requests-fit'
import { isAtLeast } from '@/lib/api/roles'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { connectionsToName, roleAt, sightOf } from '@/lib/auth/sight'
import { adoptIntoHead } from '@/lib/db/adopt'

export const GET = route(
  'GET /api/t/[t]/adopt',
  { params: TopologyParams, query: FitParams },
  async ({ params, query, session }) => {
    const { db, id } = panel()
    // Who may save is offered what they may name; who only reads, what they see anyway.
    const within = isAtLeast(roleAt(session, params.t), 'editor')
      ? await connectionsToName(db, session)
      : (await sightOf(db, session)).connections
    const { connection, answers } = query
    return adoptIntoHead(
      db,
      { topologyId: params.t, panelId: id, within },
      { answers, ...(connection === undefined ? {} : { connection }) },
    )
  },
)
