import { PanelError } from '@/lib/base/errors'

export type K8sCode =
  | 'k8s.preflight'
  | 'k8s.init-failed'
  | 'k8s.join-failed'
  | 'k8s.certificates-expired'
  | 'k8s.etcd-slow'
  | 'k8s.no-kubeconfig'
  | 'k8s.node-not-ready'
  | 'k8s.drain-blocked'
  | 'k8s.unmanaged-pods'
  | 'k8s.volumes-attached'
  | 'k8s.etcd-member-left'
  | 'k8s.cluster-down'
  | 'k8s.unexpected-answer'

/** A step of bringing up or keeping a cluster that failed, in words. */
export class K8sError extends PanelError {
  readonly code: K8sCode

  constructor(code: K8sCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'K8sError'
    this.code = code
  }
}

const EXPLANATIONS: [RegExp, K8sCode, string][] = [
  [
    /\[ERROR CRI\]|unknown service runtime/,
    'k8s.preflight',
    'The container runtime does not answer Kubernetes; look at containerd on this machine.',
  ],
  [
    /\[ERROR (Port-\d+|FileAvailable[^\]]*|DirAvailable[^\]]*)\]/,
    'k8s.preflight',
    'Something of an earlier attempt, or of another cluster, is on this machine. Retry cleans up an attempt of ours; rebuild the VM if it belonged to another cluster.',
  ],
  [
    /number of available CPUs|\[ERROR Mem\]/,
    'k8s.preflight',
    'The VM is too small for a control plane: at least 2 vCPUs and 1,700 MiB.',
  ],
  [/\[ERROR Swap\]/, 'k8s.preflight', 'Swap is on; Kubernetes refuses it.'],
  [
    /learner member which is in sync|etcdserver: /,
    'k8s.etcd-slow',
    'Its etcd did not catch up with the others in time. Usually the disk is too slow for it; wait and retry, or move it to faster storage.',
  ],
  [
    /error downloading certs|kubeadm-certs/,
    'k8s.certificates-expired',
    'The certificates that a new control plane copies were not there any more (they live 2 hours). Retry uploads them again.',
  ],
  [
    /couldn't validate the identity|cluster CA found in cluster-info is invalid|token id .* is invalid/,
    'k8s.join-failed',
    'The cluster refused the join token. Retry makes a new one.',
  ],
  [
    /phase (kubelet-start|kubelet-wait-bootstrap|kubelet-finalize)\b/,
    'k8s.join-failed',
    'Its kubelet did not come up, or did not reach the cluster in time. Look at its journal (journalctl -u kubelet) and at the load balancer, then retry.',
  ],
  [
    /wait-control-plane|couldn't initialize a Kubernetes cluster/,
    'k8s.init-failed',
    'The control plane did not come up within four minutes. Usual causes: images could not be pulled, a slow disk, or an endpoint that does not answer.',
  ],
]

/**
 * The error for a kubeadm run that failed: what kubeadm means, then its own last words. `fallback`
 * is the code when nothing is recognised (kubeadm's messages, kubernetes-bringup facts section 15).
 */
export function kubeadmError(what: string, said: string, fallback: K8sCode): K8sError {
  const known = EXPLANATIONS.find(([pattern]) => pattern.test(said))
  const lines = said
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
  const telling = lines.filter((line) => /error|fail|timed out/i.test(line))
  const words = (telling.length > 0 ? telling.slice(-2) : lines.slice(-1)).join(' ')
  const quoted = words === '' ? '' : ` kubeadm said: ${words}`
  return new K8sError(known?.[1] ?? fallback, `${what}. ${known?.[2] ?? ''}${quoted}`)
}
