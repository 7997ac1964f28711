import type { Kubernetes, KubernetesObject } from '@/lib/kubernetes/kubernetes'
import type { StepArgs } from '@/lib/plan/step'
import type { StepContext, StepHandler } from '../handler'
import { waitUntil } from '../wait'
import { K8sError } from './k8s-error'
import { readiness } from './k8s-node'

type Args = StepArgs['k8s.drain']
type Owner = { kind: string; controller?: boolean }

const nodePath = (name: string) => `/api/v1/nodes/${name}`
const DRAIN_LIMIT_MS = 900_000

const ownerOf = (pod: KubernetesObject) =>
  (pod.metadata.ownerReferences as Owner[] | undefined)?.find((each) => each.controller)?.kind ??
  null

const nameOf = (pod: KubernetesObject) => `${pod.metadata.namespace}/${pod.metadata.name}`

/** Pods that a drain moves: not the static ones, not those of daemon sets, not finished ones. */
export async function podsToMove(
  kubernetes: Kubernetes,
  node: string,
): Promise<KubernetesObject[]> {
  const pods = await kubernetes.list('/api/v1/pods', { fieldSelector: `spec.nodeName=${node}` })
  return pods.filter((pod) => {
    const phase = (pod.status as { phase?: string } | undefined)?.phase
    const isStatic = pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined
    return !isStatic && ownerOf(pod) !== 'DaemonSet' && phase !== 'Succeeded' && phase !== 'Failed'
  })
}

/**
 * Pods that a drain still waits for. A kubelet that does not report any more never finishes the ones
 * that are ending: they are gone for good with the node, and made anew elsewhere already.
 */
async function podsLeft(
  kubernetes: Kubernetes,
  node: KubernetesObject | null,
): Promise<KubernetesObject[]> {
  if (node === null) return []
  const pods = await podsToMove(kubernetes, node.metadata.name)
  return readiness(node).ready
    ? pods
    : pods.filter((pod) => pod.metadata.deletionTimestamp === undefined)
}

/**
 * Moves a node's pods elsewhere, within what disruption budgets allow. A pod that nothing would
 * make anew stops it: draining would destroy it.
 */
export const k8sDrain: StepHandler<Args> = {
  async check({ cluster, node }, ctx) {
    const kubernetes = await ctx.kubernetes(cluster)
    const found = await kubernetes.get(nodePath(node))
    if (found === null) return true
    const cordoned = (found.spec as { unschedulable?: boolean }).unschedulable === true
    return cordoned && (await podsLeft(kubernetes, found)).length === 0
  },

  async apply({ cluster, node }, ctx) {
    const kubernetes = await ctx.kubernetes(cluster)
    const unmanaged = (await podsToMove(kubernetes, node)).filter((pod) => ownerOf(pod) === null)
    if (unmanaged.length > 0) {
      throw new K8sError(
        'k8s.unmanaged-pods',
        `${node} runs ${unmanaged.map(nameOf).join(', ')}, which nothing would start again elsewhere. Delete or move them first.`,
      )
    }
    await kubernetes.patch(nodePath(node), { spec: { unschedulable: true } })
    await evictAll(kubernetes, node, ctx)
  },
}

async function evictAll(kubernetes: Kubernetes, node: string, ctx: StepContext) {
  let blocked: string[] = []
  let said = ''
  await waitUntil(
    async () => {
      const pods = await podsLeft(kubernetes, await kubernetes.get(nodePath(node)))
      blocked = []
      for (const pod of pods) {
        if (pod.metadata.deletionTimestamp !== undefined) continue
        const status = await evict(kubernetes, pod)
        // 429: a disruption budget does not allow it now.
        if (status === 429) blocked.push(nameOf(pod))
        else if (status >= 400 && status !== 404)
          blocked.push(`${nameOf(pod)} (refused with ${status})`)
      }
      const now = `${pods.length} pods still on ${node}${blocked.length > 0 ? `, held by the budgets of ${blocked.join(', ')}` : ''}`
      if (pods.length > 0 && now !== said) ctx.log(now)
      said = now
      return pods.length === 0
    },
    {
      everyMs: 1500,
      timeoutMs: DRAIN_LIMIT_MS,
      signal: ctx.signal,
      now: ctx.now,
      onTimeout: () =>
        new K8sError(
          'k8s.drain-blocked',
          `${node} could not be emptied within 15 min: ${said}. A budget that allows no disruption, or a single replica, holds it; scale it up or change the budget, then retry.`,
        ),
    },
  )
}

async function evict(kubernetes: Kubernetes, pod: KubernetesObject): Promise<number> {
  const { name, namespace } = pod.metadata
  return kubernetes.post(`/api/v1/namespaces/${namespace}/pods/${name}/eviction`, {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name, namespace },
  })
}
