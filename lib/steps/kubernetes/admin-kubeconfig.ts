import { renameKubeconfig } from '@/lib/kubernetes/kubeconfig'
import type { ClusterRef } from '@/lib/plan/step'
import type { GuestSession } from '@/lib/ssh/session'
import { sh } from '@/lib/ssh/shell'
import { ADMIN_CONF } from './kubeadm'

const K3S_CONF = '/etc/rancher/k3s/k3s.yaml'

/** The administrator's kubeconfig as it lies on a control plane, with the cluster's endpoint in it. */
export async function readAdminKubeconfig(
  session: GuestSession,
  cluster: ClusterRef,
): Promise<string> {
  if (!cluster.k3s) return session.must(sh`cat ${ADMIN_CONF}`, { sudo: true })
  const text = await session.must(sh`cat ${K3S_CONF}`, { sudo: true })
  const { name, port } = cluster.endpoint
  return renameKubeconfig(text, { name: cluster.cluster, server: `https://${name}:${port}` })
}
