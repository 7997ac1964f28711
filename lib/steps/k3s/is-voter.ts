import type { KubernetesObject } from '@/lib/kubernetes/kubernetes'

type Condition = { type: string; status: string }

/** k3s tells on the node whether its member of etcd takes part in decisions (k3s pkg/etcd, `EtcdIsVoter`). */
export function isVoter(node: KubernetesObject | null): boolean {
  const conditions = (node?.status as { conditions?: Condition[] } | undefined)?.conditions ?? []
  return conditions.some(({ type, status }) => type === 'EtcdIsVoter' && status === 'True')
}
