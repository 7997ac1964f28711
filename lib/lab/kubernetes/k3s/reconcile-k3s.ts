import { drop, type Kube, list, pathIn } from '../kube'

const PASSWORD = /^(.+)\.node-password\.k3s$/

/** With a node, k3s lets go of its password and of its member of etcd (k3s pkg/etcd, pkg/nodepassword). */
export function reconcileK3s(kube: Kube): void {
  if (!kube.k3s) return
  const gone = (name: string) => !kube.objects[pathIn('/api/v1/nodes', name)]
  for (const { metadata } of list(kube, '/api/v1/secrets', 'kube-system')) {
    const node = PASSWORD.exec(metadata.name)?.[1]
    if (node !== undefined && gone(node))
      drop(kube, pathIn('/api/v1/secrets', metadata.name, 'kube-system'))
  }
  if (kube.k3s.sqlite) return
  for (const name of Object.keys(kube.members)) if (gone(name)) delete kube.members[name]
}
