import { z } from 'zod'
import { parseForeignYaml, UnreadableYaml } from '@/lib/base/foreign-yaml'
import type { Kubernetes } from '@/lib/kubernetes/kubernetes'
import type { ObservedCluster } from '@/lib/plan/observed'

/** Where kubeadm keeps what it made a cluster with (`kubeadm config print`, v1beta3 and v1beta4). */
const RECORD = '/api/v1/namespaces/kube-system/configmaps/kubeadm-config'

const Configuration = z.looseObject({
  controlPlaneEndpoint: z.string(),
  networking: z.looseObject({ podSubnet: z.string(), serviceSubnet: z.string() }),
})

/** What a cluster was made with; undefined where there is no record that can be read. */
export async function observeMade(kubernetes: Kubernetes): Promise<ObservedCluster['made']> {
  const record = await kubernetes.get(RECORD)
  const text = (record?.data as Record<string, unknown> | undefined)?.ClusterConfiguration
  const read = typeof text === 'string' ? Configuration.safeParse(parseYaml(text)) : null
  if (!read?.success) return undefined
  const { controlPlaneEndpoint, networking } = read.data
  return {
    podCidr: networking.podSubnet,
    serviceCidr: networking.serviceSubnet,
    endpoint: controlPlaneEndpoint,
  }
}

/** Null for what cannot be read: somebody edited the record by hand, and it decides nothing then. */
function parseYaml(text: string): unknown {
  try {
    return parseForeignYaml(text)
  } catch (error) {
    if (error instanceof UnreadableYaml) return null
    throw error
  }
}
