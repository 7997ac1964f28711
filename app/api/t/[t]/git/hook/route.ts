import { randomBytes } from 'node:crypto'
import type { GitHookAnswer } from '@/lib/api/contract-git'
import { api } from '@/lib/api/paths'
import { TopologyParams } from '@/lib/api/requests'
import { Reply, route } from '@/lib/api/route'
import { gitChanged } from '@/lib/auth/git-answer'
import { panel } from '@/lib/auth/panel'
import { writerFor } from '@/lib/auth/writer'
import { setGitHook } from '@/lib/db/git-links'

/** A new secret for webhooks: shown once, then only the provisioner can read it. */
export const POST = route(
  'POST /api/t/[t]/git/hook',
  { params: TopologyParams },
  async ({ params, actor }) => {
    const secret = randomBytes(32).toString('base64url')
    await setGitHook(panel().db, params.t, { secret, ...(await writerFor(actor)) })
    await gitChanged(params.t)
    const answer: GitHookAnswer = { path: api.gitWebhook(params.t), secret }
    return new Reply(answer, { status: 201 })
  },
)
