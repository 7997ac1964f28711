import type { Kubernetes } from '@/lib/kubernetes/kubernetes'
import type { StepContext } from '../handler'
import { K8sError } from '../kubernetes/k8s-error'
import { waitUntil } from '../wait'

const nodePath = (name: string) => `/api/v1/nodes/${name}`
const passwordPath = (name: string) =>
  `/api/v1/namespaces/kube-system/secrets/${name}.node-password.k3s`

/** Whether the cluster knows nothing of a node any more, so that another machine may take its name. */
export const isForgotten = async (kubernetes: Kubernetes, name: string): Promise<boolean> =>
  (await kubernetes.get(nodePath(name))) === null &&
  (await kubernetes.get(passwordPath(name))) === null

/**
 * Takes a node out of a cluster of k3s. Its servers remove the member of etcd with it and hold the
 * node back until that is done; the password that tells machines of one name apart goes as well.
 */
export async function forgetNode(
  kubernetes: Kubernetes,
  name: string,
  ctx: StepContext,
): Promise<void> {
  if (await isForgotten(kubernetes, name)) return
  await kubernetes.delete(nodePath(name))
  await waitUntil(async () => (await kubernetes.get(nodePath(name))) === null, {
    everyMs: 1000,
    timeoutMs: 120_000,
    signal: ctx.signal,
    now: ctx.now,
    onTimeout: () =>
      new K8sError(
        'k8s.etcd-member-left',
        `${name} was not taken out of the cluster within 2 min - its member of etcd could not be removed - look whether the other servers run, then retry.`,
      ),
  })
  await kubernetes.delete(passwordPath(name))
}
