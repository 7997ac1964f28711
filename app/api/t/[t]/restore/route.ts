import { Restore, TopologyParams } from '@/lib/api/requests'
import { Reply, route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { restoreRevision, toSaveAnswer } from '@/lib/db/revisions'

export const POST = route(
  'POST /api/t/[t]/restore',
  { params: TopologyParams, body: Restore },
  async ({ params, body, actor }) => {
    const { db, live, now } = panel()
    const restored = await restoreRevision(db, {
      ...body,
      topologyId: params.t,
      actor,
      now: now(),
    })
    const { number, author } = restored.revision
    live.tell('revision', { topologyId: params.t, number, author })
    return new Reply(toSaveAnswer({ ...restored, merged: false }), { status: 201 })
  },
)
