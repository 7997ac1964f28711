import type { KubeObject } from './kube'

type Conditions = { conditions?: { type: string; status: string }[] }

/** Whether a pod's Ready condition is true. */
export const isReady = (pod: KubeObject): boolean =>
  ((pod.status as Conditions | undefined)?.conditions ?? []).some(
    ({ type, status }) => type === 'Ready' && status === 'True',
  )
