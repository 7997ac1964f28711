import { Refusal } from '@/lib/api/refusal'
import { TopologyParams } from '@/lib/api/requests'
import { Reply, route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { peerFrom } from '@/lib/auth/peer'
import { refuseTooMany } from '@/lib/auth/sign-in-limit'
import { noteGitPush } from '@/lib/db/git-links'

/**
 * What a forge calls after a push: GitHub, Gitea, Forgejo or GitLab. All that it can bring about is a
 * look at the repository that an admin named; what it says about the push is not even read. A topology
 * that is not there, has no webhook, or another secret are answered alike.
 */
export const POST = route(
  'POST /api/hooks/git/[t]',
  { params: TopologyParams, text: true },
  async ({ params, text, headers }) => {
    const { db, ask, hookLimit, now, live, wake } = panel()
    const peer = peerFrom(headers)
    const attempt = { name: params.t, peer }
    refuseTooMany(hookLimit.attempt(attempt, now()))
    const signature =
      headers.get('x-hub-signature-256') ??
      headers.get('x-forgejo-signature') ??
      headers.get('x-gitea-signature')
    const token = headers.get('x-gitlab-token')
    if (signature === null && token === null) throw unproven()
    const question = { topologyId: params.t, body: text, signature, token }
    const { proven } = await ask('git.hook', question)
    if (!proven) throw unproven()
    hookLimit.succeeded(attempt)
    await noteGitPush(db, params.t, { from: peer, now: now() })
    live.tell('git-changed', { topologyId: params.t })
    wake()
    return new Reply({}, { status: 202 })
  },
)

const unproven = () =>
  new Refusal(
    401,
    'git.hook-refused',
    'Nothing was done - no webhook of this panel signs like that - use the address and the secret that History > Git shows, with content type application/json.',
  )
