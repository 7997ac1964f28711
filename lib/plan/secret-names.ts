/**
 * Names in the secret store that follow from a topology, so that no step has to hand anything to
 * the next. Made by the provisioner when first needed.
 */

/** Private key the panel signs in with on every VM of a topology (OpenSSH, ed25519). */
export const userKeyName = (topologyId: string) => `t/${topologyId}/ssh-user-key`

/** Private host key of a VM, made by the panel, so that it is pinned before first boot. */
export const hostKeyName = (topologyId: string, vm: string) =>
  `t/${topologyId}/vms/${vm}/ssh-host-key`

/** kubeconfig of a cluster: a cluster-admin that can be revoked, never super-admin. */
export const kubeconfigName = (topologyId: string, cluster: string) =>
  `t/${topologyId}/clusters/${cluster}/kubeconfig`

/** What a person or an add-on named in the document with `!secret name`. */
export const documentSecretName = (topologyId: string, name: string) =>
  `t/${topologyId}/document/${name}`

/** API token of a connection. */
export const connectionTokenName = (connectionId: string) => `connections/${connectionId}/token`
