import { sshLine } from '@/components/machines/ssh-line'
import type { ConnectionSummary, TopologyHead } from '@/lib/api/contract'
import { toGuest } from '@/lib/plan/desired'
import { resolveVm } from '@/lib/topology/resolve'
import type { Cluster } from '@/lib/topology/topology'

/** kubectl as it works on every control plane that kubeadm or k3s made. */
const KUBECTL = {
  kubeadm: 'sudo kubectl --kubeconfig /etc/kubernetes/admin.conf',
  k3s: 'sudo k3s kubectl',
} as const

/** Lines to paste into a terminal; each goes to a control plane over SSH, the panel's way. */
export type ClusterCommands = {
  /** The control plane that they go to. */
  host: string
  /** How the panel gets there; null where the connection is gone. */
  dialer: ConnectionSummary['dialer'] | null
  kubectl(words: string): string
  /** Opens `127.0.0.1:localPort` on the reader's machine until it is ended. */
  forward(target: { namespace: string; service: string; port: number; localPort: number }): string
}

/** Commands for a cluster; null while no control plane has an address and a host. */
export function clusterCommands(head: TopologyHead, cluster: Cluster): ClusterCommands | null {
  for (const id of cluster.controlPlanes) {
    const vm = resolveVm(head.document, id)
    const guest = vm ? toGuest(vm, head.document, { topologyId: head.id }) : null
    if (!guest) continue
    const dialer = head.connections.find((each) => each.id === guest.connection)?.dialer ?? null
    const ssh = sshLine(guest, dialer)
    const run = (line: string, words: string) =>
      `${line} ${quoted(`${KUBECTL[cluster.distribution ?? 'kubeadm']} ${words}`)}`
    return {
      host: guest.name,
      dialer,
      kubectl: (words) => run(ssh, words),
      forward: ({ namespace, service, port, localPort }) =>
        run(
          ssh.replace(/^ssh /, `ssh -L ${localPort}:127.0.0.1:${localPort} `),
          `-n ${namespace} port-forward svc/${service} ${localPort}:${port}`,
        ),
    }
  }
  return null
}

/** One word for the shell that it is pasted into; the far shell gets it as it was. */
const quoted = (words: string): string => `'${words.replaceAll("'", `'\\''`)}'`
