import type { Secret } from '@/lib/base/secret'
import { parseKubeconfig } from '@/lib/kubernetes/kubeconfig'
import type { ClusterRef } from '@/lib/plan/step'
import type { GuestSession } from '@/lib/ssh/session'

const CA_PATH = '/etc/kubernetes/pki/ca.crt'
const K3S_CA_PATH = '/var/lib/rancher/k3s/server/tls/server-ca.crt'

/**
 * Whether a machine is a control plane of the very cluster that a kubeconfig of ours opens: it has
 * the same CA. A kubeconfig is stored only once its API answered, so such a machine holds a cluster
 * that was in use, whatever its API says at the moment; an attempt of kubeadm that failed has
 * another CA. Throws `SshError` if the machine cannot be asked.
 */
export async function carriesCluster(
  session: GuestSession,
  kubeconfig: Secret,
  { k3s }: Pick<ClusterRef, 'k3s'>,
): Promise<boolean> {
  const ours = parseKubeconfig(kubeconfig.reveal()).ca
  const there = await session.readFile(k3s ? K3S_CA_PATH : CA_PATH)
  return ours !== null && there !== null && body(there) === body(ours)
}

/** A PEM text without its line breaks. */
const body = (pem: string) => pem.replaceAll(/\s+/g, '')
