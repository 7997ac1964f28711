import { K8sError } from '../kubernetes/k8s-error'

/** What k3s' own words mean where waiting does not help, first match wins. */
const EXPLANATIONS: [RegExp, K8sError['code'], string][] = [
  [
    /token CA hash does not match/,
    'k8s.join-failed',
    'What answers at the endpoint has another authority than this cluster. Look at what its name and address lead to.',
  ],
  [
    /\b401 Unauthorized|not authorized|invalid token (format|CA hash length)/,
    'k8s.join-failed',
    'The servers refused its token: they were begun with another one. Rebuild the machine if it belonged to another cluster.',
  ],
  [
    /Node password rejected/,
    'k8s.join-failed',
    'The cluster still remembers another machine of this name. Retry takes that node out first.',
  ],
  [
    /due to duplicate node name|duplicate node name found/,
    'k8s.join-failed',
    'A member of etcd has its name already. Take that node out of the cluster, then retry.',
  ],
  [
    /address already in use/,
    'k8s.preflight',
    'Another program holds a port that k3s needs (6443, 6444, 10250, 2379 or 2380). Look with "ss -tlnp" who it is.',
  ],
  [
    /bootstrap data already found and encrypted with different token|bootstrap token mismatch/,
    'k8s.preflight',
    'Its disk holds a cluster that was begun with another token. Rebuild the machine if that may be lost.',
  ],
  [
    /critical configuration (value )?mismatch/i,
    'k8s.join-failed',
    'Its settings differ from those of the servers that are there, which k3s does not take.',
  ],
  [
    /certificate has expired or is not yet valid/,
    'k8s.preflight',
    'Its clock differs from the servers’. Check its time servers, then retry.',
  ],
  [
    /failed to find (memory|cpuset|pids) cgroup/,
    'k8s.preflight',
    'Its kernel gives k3s no control over memory. It needs cgroup v2, or "cgroup_memory=1 cgroup_enable=memory" on its command line.',
  ],
  [
    /level=fatal msg=".*(yaml: |flag provided but not defined|invalid )/,
    'k8s.preflight',
    'It does not take its configuration (/etc/rancher/k3s/config.yaml).',
  ],
]

/** The error that a line of k3s' journal means, if it is one that does not pass by itself. */
export function knownFault(what: string, line: string): K8sError | null {
  const known = EXPLANATIONS.find(([pattern]) => pattern.test(line))
  if (!known) return null
  const [, code, meaning] = known
  return new K8sError(code, `${what}. ${meaning} k3s said: ${messageOf(line)}`)
}

/** The telling part of a line: `msg` of logrus, or all of it. */
export function messageOf(line: string): string {
  const quoted = /\bmsg="((?:[^"\\]|\\.)*)"/.exec(line)?.[1]
  return (quoted ?? line).replaceAll('\\"', '"').trim()
}
