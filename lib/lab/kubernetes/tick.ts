import { reconcileK3s } from './k3s/reconcile-k3s'
import type { Kube, KubeWorld } from './kube'
import { reconcileNodes } from './nodes'
import { advancePods } from './pods'
import { reconcileServices } from './services'
import { reconcileWorkloads } from './workloads'

/** Whether etcd has a quorum: more than half of its members' machines run. */
export function hasQuorum(kube: Kube, world: KubeWorld): boolean {
  const members = Object.entries(kube.members).filter(([, { learner }]) => !learner)
  const up = members.filter(([node]) => world.nodes[node]?.kubelet)
  return up.length * 2 > members.length
}

/** One round of the cluster's controllers. Nothing moves without a quorum. */
export function tickKube(kube: Kube, world: KubeWorld): void {
  if (!hasQuorum(kube, world)) return
  reconcileNodes(kube, world)
  reconcileK3s(kube)
  reconcileWorkloads(kube, world)
  advancePods(kube, world)
  reconcileWorkloads(kube, world)
  reconcileServices(kube, world)
  kube.tokens = kube.tokens.filter(({ until }) => until > world.at)
  if (kube.certificateKey && kube.certificateKey.until <= world.at) kube.certificateKey = null
}
