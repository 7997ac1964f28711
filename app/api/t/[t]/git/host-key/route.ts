import { TopologyParams } from '@/lib/api/requests'
import { AcceptGitHostKey } from '@/lib/api/requests-git'
import { route } from '@/lib/api/route'
import { gitChanged } from '@/lib/auth/git-answer'
import { panel } from '@/lib/auth/panel'
import { acceptGitHostKey } from '@/lib/db/git-links'

export const POST = route(
  'POST /api/t/[t]/git/host-key',
  { params: TopologyParams, body: AcceptGitHostKey },
  async ({ params, body, actor }) => {
    const { db, now } = panel()
    await acceptGitHostKey(db, params.t, body, { actor, now: now() })
    return gitChanged(params.t)
  },
)
