import { K3S } from '@/lib/plan/files/k3s'
import type { ClusterRef } from '@/lib/plan/step'
import type { GuestSession } from '@/lib/ssh/session'
import { type ShellText, sh } from '@/lib/ssh/shell'
import { ADMIN_CONF } from './kubeadm'

/** kubectl on a control plane, for root. */
const kubectlOn = ({ k3s }: Pick<ClusterRef, 'k3s'>): ShellText =>
  k3s ? sh`${K3S.binary} kubectl` : sh`kubectl --kubeconfig ${ADMIN_CONF}`

/** Whether this machine's own API server says it is ready. */
export async function apiReady(
  session: GuestSession,
  cluster: Pick<ClusterRef, 'k3s'>,
): Promise<boolean> {
  const { code, out } = await session.run(
    sh`${kubectlOn(cluster)} --request-timeout 5s get --raw /readyz`,
    { sudo: true },
  )
  return code === 0 && out.trim() === 'ok'
}
