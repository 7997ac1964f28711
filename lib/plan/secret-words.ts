import type { NamedSecret } from './secret-names'

/** What a stored secret is, in words: `Token of the connection Lab`. */
export function secretTitle(
  named: NamedSecret,
  name: string,
  connectionName: (id: string) => string,
): string {
  switch (named.kind) {
    case 'connection-token':
      return `Token of the connection ${connectionName(named.connection)}`
    case 'jump-key':
      return `Key for the jump host of ${connectionName(named.connection)}`
    case 'jump-host-key':
      return `Host key of the jump host of ${connectionName(named.connection)}`
    case 'user-key':
      return 'SSH key that the panel signs in with on the VMs'
    case 'host-key':
      return `SSH host key of the VM ${named.vm}`
    case 'kubeconfig':
      return `Kubeconfig of the cluster ${named.cluster}`
    case 'k3s-token':
      return `Join token of the k3s cluster ${named.cluster}`
    case 'document':
      return `Secret ${named.secret} of the document`
    case 'other':
      return `Secret ${name} of the panel`
  }
}

/**
 * Why a person cannot type in a new value of it, with the way that changes it; null if they can. What
 * two sides hold (a machine and the panel) is changed where both get it.
 */
export function whyNotSet(named: NamedSecret): string | null {
  switch (named.kind) {
    case 'connection-token':
    case 'document':
      return null
    case 'jump-key':
      return 'The jump host holds the other half. Remove the connection and add it again; put the new public key on the jump host.'
    case 'jump-host-key':
      return 'It is what the jump host showed first. Accept a changed one at the connection.'
    case 'user-key':
      return 'Every VM of the topology knows its public half from its first boot, so a new one would lock the panel out of them all. It is kept for the topology’s life.'
    case 'host-key':
      return 'The VM got it before its first boot and shows it, so a new one here would stop the panel from signing in. It is kept for the VM’s life, also over a Rebuild.'
    case 'kubeconfig':
      return 'Only the cluster makes one that it accepts. Renew it on a control plane with "kubeadm certs renew admin.conf", then press Read it again on the Cluster page.'
    case 'k3s-token':
      return 'Its servers were begun with it and unlock their data by it. "k3s token rotate" on a server changes it there alone; it is kept for the cluster’s life.'
    case 'other':
      return 'It belongs to the panel’s own settings and is changed there.'
  }
}
