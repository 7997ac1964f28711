import type { Kubernetes, KubernetesObject } from '@/lib/kubernetes/kubernetes'

export type UnwellPod = { namespace: string; name: string; reason: string; message: string }

type Waiting = { reason?: string; message?: string }
type PodStatus = {
  phase?: string
  reason?: string
  message?: string
  conditions?: { type: string; status: string; reason?: string; message?: string }[]
  containerStatuses?: { name: string; ready: boolean; state?: { waiting?: Waiting } }[]
  initContainerStatuses?: { name: string; ready: boolean; state?: { waiting?: Waiting } }[]
}

/** Why a pod is not well, null if it is (running and ready, or finished). */
export function unwell(pod: KubernetesObject): UnwellPod | null {
  const status = (pod.status ?? {}) as PodStatus
  if (status.phase === 'Succeeded') return null
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
  const waiting = containers.find((each) => each.state?.waiting)?.state?.waiting
  const unscheduled = status.conditions?.find(
    (each) => each.type === 'PodScheduled' && each.status === 'False',
  )
  const ready = status.conditions?.find((each) => each.type === 'Ready')?.status === 'True'
  if (status.phase === 'Running' && ready) return null
  return {
    namespace: pod.metadata.namespace ?? '',
    name: pod.metadata.name,
    reason: waiting?.reason ?? unscheduled?.reason ?? status.reason ?? status.phase ?? 'Unknown',
    message: waiting?.message ?? unscheduled?.message ?? status.message ?? '',
  }
}

/** Pods of a namespace, or of all, that are not well. */
export async function unwellPods(kubernetes: Kubernetes, namespace?: string): Promise<UnwellPod[]> {
  const path = namespace === undefined ? '/api/v1/pods' : `/api/v1/namespaces/${namespace}/pods`
  return (await kubernetes.list(path)).flatMap((pod) => unwell(pod) ?? [])
}
