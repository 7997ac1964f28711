import { randomBytes } from 'node:crypto'
import { Secret } from '@/lib/base/secret'
import { k3sTokenName } from '@/lib/plan/secret-names'
import type { ClusterRef } from '@/lib/plan/step'
import type { GuestSession } from '@/lib/ssh/session'
import { sh } from '@/lib/ssh/shell'
import type { StepContext } from '../handler'
import { K8sError } from '../kubernetes/k8s-error'

const SERVER = '/var/lib/rancher/k3s/server'

/** What a cluster begins with: one token for servers, another for agents, so that no agent can pose as a server. */
export async function ownTokens(
  { topologyId, cluster }: ClusterRef,
  ctx: StepContext,
): Promise<{ server: Secret; agent: Secret }> {
  const make = () => new Secret(randomBytes(32).toString('hex'))
  return {
    server: await ctx.secrets.ensure(k3sTokenName(topologyId, cluster, 'server'), make),
    agent: await ctx.secrets.ensure(k3sTokenName(topologyId, cluster, 'agent'), make),
  }
}

/**
 * The token in k3s' full form, `K10<hash of the CA>::server:<token>`: with it a machine takes no
 * other cluster for this one (docs.k3s.io/cli/token).
 */
export async function fullToken(control: GuestSession, part: 'server' | 'agent'): Promise<string> {
  const file = part === 'server' ? `${SERVER}/token` : `${SERVER}/agent-token`
  const said = (await control.must(sh`cat ${file}`, { sudo: true })).trim()
  if (/^K10[0-9a-f]{64}::\w+:\S+$/.test(said)) return said
  throw new K8sError(
    'k8s.unexpected-answer',
    `The first server holds no join token in ${file} as k3s writes it - look whether k3s runs there, then retry.`,
  )
}
