import { TopologyParams } from '@/lib/api/requests'
import { SyncGit } from '@/lib/api/requests-git'
import { Reply, route } from '@/lib/api/route'
import { gitChanged } from '@/lib/auth/git-answer'
import { panel } from '@/lib/auth/panel'
import { askGit } from '@/lib/db/git-links'

export const POST = route(
  'POST /api/t/[t]/git/sync',
  { params: TopologyParams, body: SyncGit },
  async ({ params, body, actor }) => {
    const { db, now } = panel()
    await askGit(db, params.t, { actor, now: now(), commit: body.commit })
    return new Reply(await gitChanged(params.t), { status: 202 })
  },
)
