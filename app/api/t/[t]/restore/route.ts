import { Restore, TopologyParams } from '@/lib/api/requests'
import { Reply, route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { connectionsToName } from '@/lib/auth/sight'
import { restoreRevision, toSaveAnswer } from '@/lib/db/revisions'

export const POST = route(
  'POST /api/t/[t]/restore',
  { params: TopologyParams, body: Restore },
  async ({ params, body, actor, session }) => {
    const { db, live, now } = panel()
    const restored = await restoreRevision(db, {
      ...body,
      topologyId: params.t,
      actor,
      mayName: await connectionsToName(db, session),
      now: now(),
    })
    const { number, author } = restored.revision
    live.tell('revision', { topologyId: params.t, number, author })
    return new Reply(toSaveAnswer({ ...restored, merged: false }), { status: 201 })
  },
)
