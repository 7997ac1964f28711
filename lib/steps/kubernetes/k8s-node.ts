import type { KubernetesObject } from '@/lib/kubernetes/kubernetes'
import type { StepArgs } from '@/lib/plan/step'
import type { StepHandler } from '../handler'
import { waitUntil } from '../wait'
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

/** Waits until a node takes pods. */
export const k8sNodeReady: StepHandler<StepArgs['k8s.node-ready']> = {
  async check({ cluster, node }, ctx) {
    return readiness(await (await ctx.kubernetes(cluster)).get(nodePath(node))).ready
  },
  async apply({ cluster, node }, ctx) {
    const kubernetes = await ctx.kubernetes(cluster)
    let reason = ''
    await waitUntil(
      async () => {
        const now = readiness(await kubernetes.get(nodePath(node)))
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
