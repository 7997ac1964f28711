import { TopologyParams } from '@/lib/api/requests'
import { PutGit } from '@/lib/api/requests-git'
import { route } from '@/lib/api/route'
import { gitAnswer, gitChanged } from '@/lib/auth/git-answer'
import { panel } from '@/lib/auth/panel'
import { writerFor } from '@/lib/auth/writer'
import { putGitLink, removeGitLink } from '@/lib/db/git-links'

export const GET = route('GET /api/t/[t]/git', { params: TopologyParams }, ({ params }) =>
  gitAnswer(params.t),
)

export const PUT = route(
  'PUT /api/t/[t]/git',
  { params: TopologyParams, body: PutGit },
  async ({ params, body, actor }) => {
    await putGitLink(panel().db, params.t, body, await writerFor(actor))
    return gitChanged(params.t)
  },
)

export const DELETE = route(
  'DELETE /api/t/[t]/git',
  { params: TopologyParams },
  async ({ params, actor }) => {
    const { db, now } = panel()
    await removeGitLink(db, params.t, { actor, now: now() })
    return gitChanged(params.t)
  },
)
