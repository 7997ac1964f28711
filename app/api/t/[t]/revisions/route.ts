import { Save, TopologyParams } from '@/lib/api/requests'
import { Reply, route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { connectionsToName } from '@/lib/auth/sight'
import { saveRevision, toSaveAnswer } from '@/lib/db/revisions'
import { listRevisions } from '@/lib/db/topologies'

export const GET = route('GET /api/t/[t]/revisions', { params: TopologyParams }, ({ params }) =>
  listRevisions(panel().db, params.t),
)

export const POST = route(
  'POST /api/t/[t]/revisions',
  { params: TopologyParams, body: Save },
  async ({ params, body, actor, session }) => {
    const { db, live, now } = panel()
    const saved = await saveRevision(db, {
      ...body,
      topologyId: params.t,
      actor,
      mayName: await connectionsToName(db, session),
      now: now(),
    })
    const { number, author } = saved.revision
    live.tell('revision', { topologyId: params.t, number, author })
    return new Reply(toSaveAnswer(saved), { status: 201 })
  },
)
