import type { KubernetesObject } from '@/lib/kubernetes/kubernetes'
import { auditPolicy, K3S, type K3sNode, serverConfig } from '@/lib/plan/files/k3s'
import type { ClusterRef, K3sServers, StepArgs } from '@/lib/plan/step'
import type { GuestSession } from '@/lib/ssh/session'
import { sh } from '@/lib/ssh/shell'
import type { StepContext, StepHandler } from '../handler'
import { ensureEndpointHost } from '../kubernetes/endpoint-host'
import { isVoter } from './is-voter'
import { bringUp, type K3sFile, runs } from './k3s-service'
import { ownTokens } from './k3s-tokens'

/** The first server. Started again it goes on with what is on its disk: nothing is ever reset. */
export const k3sServer: StepHandler<StepArgs['k3s.server']> = {
  check: (args, ctx) => isUp(args, ctx),

  async apply(args, ctx) {
    const { cluster, guest, servers, labels } = args
    const session = await ctx.guest(guest)
    await ensureEndpointHost(session, cluster, guest, ctx)
    const { server, agent } = await ownTokens(cluster, ctx)
    const files = await serverFiles(session, cluster, servers, {
      ...{ guest, labels, server: null },
      tokens: { server: server.reveal(), agent: agent.reveal() },
    })
    await bringUp(session, ctx, {
      ...{ service: 'k3s', files },
      isUp: () => isUp(args, ctx),
      failure: `k3s did not come up on ${guest.name}`,
    })
  },
}

/** It runs, answers, and keeps its data where it is wanted: a cluster may have to move from SQLite to etcd. */
async function isUp(
  { cluster, guest }: StepArgs['k3s.server'],
  ctx: StepContext,
): Promise<boolean> {
  const session = await ctx.guest(guest)
  if (!(await runs(session, 'k3s'))) return false
  const node = await ownNode(session, guest.name)
  return node !== null && (cluster.k3s?.datastore !== 'etcd' || isVoter(node))
}

/** The machine's own node as the API server on it tells; null while that is not ready or lists none. */
export async function ownNode(
  session: GuestSession,
  name: string,
): Promise<KubernetesObject | null> {
  const options = { sudo: true, timeoutMs: 20_000 }
  const get = (path: string) =>
    session.run(sh`${K3S.binary} kubectl --request-timeout 5s get --raw ${path}`, options)
  const ready = await get('/readyz')
  if (ready.code !== 0 || ready.out.trim() !== 'ok') return null
  const node = await get(`/api/v1/nodes/${name}`)
  return node.code === 0 ? (JSON.parse(node.out) as KubernetesObject) : null
}

/** What a server reads when it starts. The folder of its audit log has to be there before. */
export async function serverFiles(
  session: GuestSession,
  cluster: ClusterRef,
  servers: K3sServers,
  node: K3sNode & { tokens: { server: string; agent: string } },
): Promise<K3sFile[]> {
  const { tokens } = node
  await session.must(sh`mkdir -p -m 0755 ${K3S.folder}`, { sudo: true })
  if (servers.audit) await session.must(sh`mkdir -p -m 0700 ${K3S.auditLogs}`, { sudo: true })
  return [
    { path: K3S.token, content: `${tokens.server}\n`, mode: '0600' },
    { path: K3S.agentToken, content: `${tokens.agent}\n`, mode: '0600' },
    ...(servers.audit
      ? [
          {
            path: K3S.auditPolicy,
            content: auditPolicy(servers.audit.level),
            mode: '0600',
          } as const,
        ]
      : []),
    { path: K3S.config, content: serverConfig(cluster, servers, node), mode: '0600' },
  ]
}
