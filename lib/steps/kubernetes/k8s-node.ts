import { PanelError } from '@/lib/base/errors'
import type { KubernetesObject } from '@/lib/kubernetes/kubernetes'
import type { ClusterRef, GuestRef, StepArgs } from '@/lib/plan/step'
import { sh } from '@/lib/ssh/shell'
import type { StepContext, StepHandler } from '../handler'
import { waitUntil } from '../wait'
import { apiReady } from './api-ready'
import { K8sError } from './k8s-error'

const nodePath = (name: string) => `/api/v1/nodes/${name}`

type Condition = { type: string; status: string; message?: string }

/** Ready, or the kubelet's own reason why not. */
export function readiness(node: KubernetesObject | null): { ready: boolean; reason: string } {
  const conditions = (node?.status as { conditions?: Condition[] } | undefined)?.conditions ?? []
  const ready = conditions.find((each) => each.type === 'Ready')
  if (ready?.status === 'True') return { ready: true, reason: '' }
  return {
    ready: false,
    reason: ready?.message ?? (node ? 'it has not reported yet' : 'it is not in the cluster'),
  }
}

/** Labels of a node; others on it stay. */
export const k8sLabels: StepHandler<StepArgs['k8s.labels']> = {
  async check({ cluster, node, labels }, ctx) {
    const found = await (await ctx.kubernetes(cluster)).get(nodePath(node))
    return (
      found !== null &&
      Object.entries(labels).every(([key, value]) => found.metadata.labels?.[key] === value)
    )
  },
  async apply({ cluster, node, labels }, ctx) {
    await (await ctx.kubernetes(cluster)).patch(nodePath(node), { metadata: { labels } })
  },
}

/**
 * Waits until a node takes pods. After a restart of its machine the API says Ready for 40 s longer
 * (node-monitor-grace-period), so the node has to report the machine's present boot, and a control
 * plane's own API server, which asks its etcd, has to be ready too.
 */
export const k8sNodeReady: StepHandler<StepArgs['k8s.node-ready']> = {
  async check(args, ctx) {
    return (await stateOf(args, ctx)).ready
  },
  async apply(args, ctx) {
    const { node } = args
    let reason = ''
    await waitUntil(
      async () => {
        const now = await stateOf(args, ctx)
        if (now.reason !== reason && !now.ready) ctx.log(`${node} is not ready: ${now.reason}`)
        reason = now.reason
        return now.ready
      },
      {
        everyMs: 1000,
        timeoutMs: 600_000,
        signal: ctx.signal,
        now: ctx.now,
        onTimeout: () =>
          new K8sError(
            'k8s.node-not-ready',
            `${node} is not ready after 10 min: ${reason}. Look at its kubelet and at the network's pods on it.`,
          ),
      },
    )
  },
}

type State = { ready: boolean; reason: string }

async function stateOf(args: StepArgs['k8s.node-ready'], ctx: StepContext): Promise<State> {
  const { cluster, node, guest } = args
  const look = async () => (await ctx.kubernetes(cluster)).get(nodePath(node))
  if (guest === undefined) return readiness(await look())
  try {
    return await stateSinceRestart(await look(), { cluster, guest }, ctx)
  } catch (error) {
    // The only control plane takes its API along when it restarts.
    if (!(error instanceof PanelError && error.transient)) throw error
    return { ready: false, reason: error.message }
  }
}

async function stateSinceRestart(
  found: KubernetesObject | null,
  { cluster, guest }: { cluster: ClusterRef; guest: GuestRef },
  ctx: StepContext,
): Promise<State> {
  const seen = readiness(found)
  if (!seen.ready) return seen
  const session = await ctx.guest(guest)
  const boot = (await session.must(sh`cat /proc/sys/kernel/random/boot_id`)).trim()
  const said = (found?.status as { nodeInfo?: { bootID?: string } } | undefined)?.nodeInfo?.bootID
  if (said && said !== boot)
    return { ready: false, reason: 'its kubelet has not reported since the restart' }
  const leads = found?.metadata.labels?.['node-role.kubernetes.io/control-plane'] !== undefined
  if (leads && !(await apiReady(session, cluster)))
    return { ready: false, reason: 'its API server or its etcd is not ready yet' }
  return seen
}

/** Lets a node take pods again. */
export const k8sUncordon: StepHandler<StepArgs['k8s.uncordon']> = {
  async check({ cluster, node }, ctx) {
    const found = await (await ctx.kubernetes(cluster)).get(nodePath(node))
    return found !== null && (found.spec as { unschedulable?: boolean }).unschedulable !== true
  },
  async apply({ cluster, node }, ctx) {
    await (await ctx.kubernetes(cluster)).patch(nodePath(node), { spec: { unschedulable: null } })
  },
}
