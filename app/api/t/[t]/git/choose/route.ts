import { TopologyParams } from '@/lib/api/requests'
import { ChooseGit } from '@/lib/api/requests-git'
import { Reply, route } from '@/lib/api/route'
import { gitChanged } from '@/lib/auth/git-answer'
import { panel } from '@/lib/auth/panel'
import { connectionsToName } from '@/lib/auth/sight'
import { chooseGit } from '@/lib/db/git-links'

export const POST = route(
  'POST /api/t/[t]/git/choose',
  { params: TopologyParams, body: ChooseGit },
  async ({ params, body, actor, session }) => {
    const { db, now } = panel()
    const mayName = await connectionsToName(db, session)
    await chooseGit(db, params.t, body, { actor, now: now(), mayName })
    return new Reply(await gitChanged(params.t), { status: 202 })
  },
)
