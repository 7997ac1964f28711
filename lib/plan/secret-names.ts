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

/** What machines join a cluster of k3s with: as servers, or as agents. */
export const k3sTokenName = (topologyId: string, cluster: string, part: 'server' | 'agent') =>
  `t/${topologyId}/clusters/${cluster}/k3s-${part}-token`

/** What a person or an add-on named in the document with `!secret name`. */
export const documentSecretName = (topologyId: string, name: string) =>
  `t/${topologyId}/document/${name}`

/** API token of a connection. */
export const connectionTokenName = (connectionId: string) => `connections/${connectionId}/token`

/** Private key that the panel signs in with where a topology is kept in Git. */
export const gitKeyName = (topologyId: string) => `t/${topologyId}/git/ssh-key`

/** Token for the same, over HTTPS. */
export const gitTokenName = (topologyId: string) => `t/${topologyId}/git/token`

/** What webhooks of that repository are signed with. */
export const gitHookName = (topologyId: string) => `t/${topologyId}/git/hook`

/** What a name in the secret store stands for. */
export type NamedSecret =
  | { kind: 'connection-token'; connection: string }
  | { kind: 'jump-key' | 'jump-host-key'; connection: string }
  | { kind: 'user-key'; topologyId: string }
  | { kind: 'host-key'; topologyId: string; vm: string }
  | { kind: 'kubeconfig'; topologyId: string; cluster: string }
  | { kind: 'k3s-token'; topologyId: string; cluster: string }
  | { kind: 'document'; topologyId: string; secret: string }
  | { kind: 'other' }
export type SecretKind = NamedSecret['kind']

const PART = '([^/]+)'
const pattern = (text: string) => new RegExp(`^${text.replaceAll('*', PART)}$`)
const NAMES: readonly [RegExp, (parts: string[]) => NamedSecret][] = [
  [
    pattern('connections/*/token'),
    ([connection = '']) => ({ kind: 'connection-token', connection }),
  ],
  [pattern('connections/*/jump-key'), ([connection = '']) => ({ kind: 'jump-key', connection })],
  [
    pattern('connections/*/jump-host'),
    ([connection = '']) => ({ kind: 'jump-host-key', connection }),
  ],
  [pattern('t/*/ssh-user-key'), ([topologyId = '']) => ({ kind: 'user-key', topologyId })],
  [
    pattern('t/*/vms/*/ssh-host-key'),
    ([topologyId = '', vm = '']) => ({ kind: 'host-key', topologyId, vm }),
  ],
  [
    pattern('t/*/clusters/*/kubeconfig'),
    ([topologyId = '', cluster = '']) => ({ kind: 'kubeconfig', topologyId, cluster }),
  ],
  [
    pattern('t/*/clusters/*/k3s-(?:server|agent)-token'),
    ([topologyId = '', cluster = '']) => ({ kind: 'k3s-token', topologyId, cluster }),
  ],
  [
    pattern('t/*/document/*'),
    ([topologyId = '', secret = '']) => ({ kind: 'document', topologyId, secret }),
  ],
]

/** The names above read backwards; `other` for one of another part of the panel. */
export function readSecretName(name: string): NamedSecret {
  for (const [shape, make] of NAMES) {
    const match = shape.exec(name)
    if (match) return make(match.slice(1))
  }
  return { kind: 'other' }
}
