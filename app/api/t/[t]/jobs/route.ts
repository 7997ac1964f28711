import type { StartJobAnswer } from '@/lib/api/contract'
import { goalFrom } from '@/lib/api/goal-from'
import { StartJob, TopologyParams } from '@/lib/api/requests'
import { Reply, route } from '@/lib/api/route'
import { GOALS } from '@/lib/auth/access'
import { requireDesk, requireFreshSignIn } from '@/lib/auth/level-three'
import { panel } from '@/lib/auth/panel'
import { peerFrom } from '@/lib/auth/peer'
import { requireRole } from '@/lib/auth/require-role'
import { startJob } from '@/lib/db/plans'
import { requireRoom } from '@/lib/io/room-left'

export const POST = route(
  'POST /api/t/[t]/jobs',
  { params: TopologyParams, body: StartJob },
  async ({ params, body, ...asking }) => {
    const needed = GOALS[body.goal.kind]
    if (needed === 'admin') requireDesk(asking, params.t)
    else requireRole(asking.session, needed, params.t)
    const { db, dataDir, id, live, now, wake } = panel()
    await requireRoom(dataDir)
    const goal = goalFrom(body.goal, peerFrom(asking.headers))
    const jobId = await startJob(
      db,
      { ...body, goal },
      {
        ...{ topologyId: params.t, panelId: id, actor: asking.actor, now: now() },
        atLevelThree: async () => {
          requireDesk(asking, params.t)
          requireFreshSignIn(asking.session, now())
        },
      },
    )
    live.tell('jobs-changed', { jobId })
    wake()
    return new Reply({ jobId } satisfies StartJobAnswer, { status: 201 })
  },
)
