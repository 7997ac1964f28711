import { agentConfig, K3S } from '@/lib/plan/files/k3s'
import type { ClusterRef, GuestRef, StepArgs } from '@/lib/plan/step'
import type { GuestSession } from '@/lib/ssh/session'
import { sh } from '@/lib/ssh/shell'
import type { StepContext, StepHandler } from '../handler'
import { ensureEndpointHost } from '../kubernetes/endpoint-host'
import { forgetNode } from './forget-node'
import { isVoter } from './is-voter'
import { ownNode, serverFiles } from './k3s-server'
import { bringUp, runs } from './k3s-service'
import { fullToken, ownTokens } from './k3s-tokens'

const nodePath = (name: string) => `/api/v1/nodes/${name}`
/** Made by k3s on a machine's first start; the cluster keeps its hash beside the node's name. */
const NODE_PASSWORD = '/etc/rancher/node/password'

const endpointOf = ({ endpoint }: ClusterRef) => `https://${endpoint.name}:${endpoint.port}`

/** Before a machine joins: it knows the endpoint, and the cluster no other machine of its name. */
async function prepare(
  session: GuestSession,
  { cluster, guest }: { cluster: ClusterRef; guest: GuestRef },
  ctx: StepContext,
) {
  await ensureEndpointHost(session, cluster, guest, ctx)
  const known = await session.run(sh`test -e ${NODE_PASSWORD}`, { sudo: true })
  if (known.code !== 0) await forgetNode(await ctx.kubernetes(cluster), guest.name, ctx)
}

/** A further server: its API answers, and its etcd is no learner any more. */
export const k3sJoinServer: StepHandler<StepArgs['k3s.join-server']> = {
  check: (args, ctx) => isServer(args, ctx),

  async apply(args, ctx) {
    const { cluster, guest, servers, labels } = args
    const session = await ctx.guest(guest)
    await prepare(session, args, ctx)
    const control = await ctx.guest(cluster.firstControlPlane)
    const tokens = {
      server: await fullToken(control, 'server'),
      // The servers' own setting, which has to be the same on all of them.
      agent: (await ownTokens(cluster, ctx)).agent.reveal(),
    }
    const files = await serverFiles(session, cluster, servers, {
      ...{ guest, labels, server: endpointOf(cluster), tokens },
    })
    await bringUp(session, ctx, {
      ...{ service: 'k3s', files },
      isUp: () => isServer(args, ctx),
      failure: `${guest.name} did not join ${cluster.name}`,
    })
  },
}

async function isServer(
  { cluster, guest }: StepArgs['k3s.join-server'],
  ctx: StepContext,
): Promise<boolean> {
  const session = await ctx.guest(guest)
  if (!(await runs(session, 'k3s')) || !(await ownNode(session, guest.name))) return false
  return isVoter(await (await ctx.kubernetes(cluster)).get(nodePath(guest.name)))
}

/** An agent: k3s runs and the cluster lists it. Ready comes later, with the network. */
export const k3sJoinAgent: StepHandler<StepArgs['k3s.join-agent']> = {
  check: (args, ctx) => isAgent(args, ctx),

  async apply(args, ctx) {
    const { cluster, guest, labels } = args
    const session = await ctx.guest(guest)
    await prepare(session, args, ctx)
    const token = await fullToken(await ctx.guest(cluster.firstControlPlane), 'agent')
    await session.must(sh`mkdir -p -m 0755 ${K3S.folder}`, { sudo: true })
    const config = agentConfig({ guest, labels, server: endpointOf(cluster) })
    await bringUp(session, ctx, {
      service: 'k3s-agent',
      files: [
        { path: K3S.agentToken, content: `${token}\n`, mode: '0600' },
        { path: K3S.config, content: config, mode: '0600' },
      ],
      isUp: () => isAgent(args, ctx),
      failure: `${guest.name} did not join ${cluster.name}`,
    })
  },
}

async function isAgent(
  { cluster, guest }: StepArgs['k3s.join-agent'],
  ctx: StepContext,
): Promise<boolean> {
  if (!(await runs(await ctx.guest(guest), 'k3s-agent'))) return false
  return (await (await ctx.kubernetes(cluster)).get(nodePath(guest.name))) !== null
}
