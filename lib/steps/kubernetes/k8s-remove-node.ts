import type { Kubernetes } from '@/lib/kubernetes/kubernetes'
import type { ClusterRef, StepArgs } from '@/lib/plan/step'
import type { StepContext, StepHandler } from '../handler'
import { forgetNode, isForgotten } from '../k3s/forget-node'
import { waitUntil } from '../wait'
import { etcdMembers, removeEtcdMember } from './etcd'
import { K8sError } from './k8s-error'

type Args = StepArgs['k8s.remove-node']

/** Takes a node out of the cluster: its volumes detached, its etcd member gone, its object deleted. */
export const k8sRemoveNode: StepHandler<Args> = {
  async check({ cluster, node }, ctx) {
    const kubernetes = await ctx.kubernetes(cluster)
    if (cluster.k3s) return isForgotten(kubernetes, node)
    if ((await kubernetes.get(`/api/v1/nodes/${node}`)) !== null) return false
    return (await memberOf(cluster, node, ctx)) === null
  },

  async apply({ cluster, node }, ctx) {
    const kubernetes = await ctx.kubernetes(cluster)
    await volumesDetached(kubernetes, node, ctx)
    if (cluster.k3s) return forgetNode(kubernetes, node, ctx)
    const member = await memberOf(cluster, node, ctx)
    if (member !== null) {
      const control = await ctx.guest(cluster.firstControlPlane)
      ctx.log(`Removing ${node} from etcd.`)
      await removeEtcdMember(control, cluster.firstControlPlane.name, member.id)
    }
    await kubernetes.delete(`/api/v1/nodes/${node}`)
  },
}

/** Null if etcd does not know the node, or if it is the very control plane that is asked. */
async function memberOf(cluster: ClusterRef, node: string, ctx: StepContext) {
  const first = cluster.firstControlPlane
  if (first.name === node) return null
  const members = await etcdMembers(await ctx.guest(first), first.name)
  return members.find(({ name }) => name === node) ?? null
}

/** A volume that is still attached to a node that goes away is locked for minutes. */
async function volumesDetached(kubernetes: Kubernetes, node: string, ctx: StepContext) {
  let left = 0
  await waitUntil(
    async () => {
      const attachments = await kubernetes.list('/apis/storage.k8s.io/v1/volumeattachments')
      left = attachments.filter(
        (each) => (each.spec as { nodeName?: string }).nodeName === node,
      ).length
      if (left > 0) ctx.log(`${left} volumes are still attached to ${node}.`)
      return left === 0
    },
    {
      everyMs: 1500,
      timeoutMs: 600_000,
      signal: ctx.signal,
      now: ctx.now,
      onTimeout: () =>
        new K8sError(
          'k8s.volumes-attached',
          `${left} volumes are still attached to ${node} after 10 min. Look at their pods; removing the node now could lock or lose them.`,
        ),
    },
  )
}
