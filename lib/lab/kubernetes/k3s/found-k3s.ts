import { emptyKube, type KubeOptions } from '../empty-kube'
import { systemWorkload } from '../found'
import { type Kube, type KubeMachine, type KubeObject, type KubeWorld, pathIn, put } from '../kube'
import { registerNode } from '../nodes'

const NODES = '/api/v1/nodes'

export type K3sOptions = KubeOptions & {
  k3s: NonNullable<Kube['k3s']>
  /** What of its own k3s installs: not those that are disabled. */
  packaged: readonly string[]
}

/** What a first server leaves behind: a cluster with DNS and what else k3s packages, and no node yet. */
export function foundK3s(options: K3sOptions, world: KubeWorld): Kube {
  const kube: Kube = { ...emptyKube(options, world), k3s: options.k3s }
  const dns = 'rancher/mirrored-coredns-coredns:1.14.3'
  systemWorkload(kube, 'Deployment', 'coredns', dns, { replicas: 1 }, world)
  for (const [name, workload, image] of PACKAGED)
    if (options.packaged.includes(name))
      systemWorkload(kube, 'Deployment', workload, image, { replicas: 1 }, world)
  return kube
}

/** Components that `disable` knows, with their Deployment. servicelb is none: it makes its pods per service. */
const PACKAGED = [
  ['local-storage', 'local-path-provisioner', 'rancher/local-path-provisioner:v0.0.36'],
  ['metrics-server', 'metrics-server', 'rancher/mirrored-metrics-server:v0.8.1'],
  ['traefik', 'traefik', 'rancher/mirrored-library-traefik:3.6.13'],
] as const

export type K3sNodeOptions = {
  server: boolean
  labels: readonly string[]
  taints: readonly string[]
  /** Content of its /etc/rancher/node/password. */
  password: string
  /** The flags it was started with. */
  args: readonly string[]
}

/** A server or an agent registers with its cluster: node, password, member of the datastore. */
export function addK3sNode(
  kube: Kube,
  name: string,
  machine: KubeMachine,
  { server, labels, taints, password, args }: K3sNodeOptions,
  world: KubeWorld,
): void {
  if (server)
    kube.members[name] ??= {
      id: world.hex(16),
      peer: `https://${machine.address}:2380`,
      learner: false,
    }
  registerNode(kube, name, machine, false, world)
  const node = kube.objects[pathIn(NODES, name)] as KubeObject
  const given = Object.fromEntries(labels.map((label) => label.split('=') as [string, string]))
  const roles = {
    'node-role.kubernetes.io/control-plane': 'true',
    ...(kube.k3s?.sqlite ? {} : { 'node-role.kubernetes.io/etcd': 'true' }),
  }
  put(
    kube,
    pathIn(NODES, name),
    {
      ...node,
      metadata: {
        ...node.metadata,
        annotations: { ...node.metadata.annotations, 'k3s.io/node-args': JSON.stringify(args) },
        labels: {
          ...node.metadata.labels,
          'node.kubernetes.io/instance-type': 'k3s',
          ...given,
          ...(server ? roles : {}),
        },
      },
      spec: {
        ...(node.spec as object),
        ...(taints.length > 0 ? { taints: taintsOf(taints) } : {}),
      },
    },
    world,
  )
  putPassword(kube, name, password, world)
}

/** `cluster-init` on a server with SQLite: k3s moves its data to etcd when it starts. */
export function moveToEtcd(kube: Kube, world: KubeWorld): void {
  if (!kube.k3s) return
  kube.k3s.sqlite = false
  for (const name of Object.keys(kube.members)) {
    const node = kube.objects[pathIn(NODES, name)]
    if (!node) continue
    const labels = { ...node.metadata.labels, 'node-role.kubernetes.io/etcd': 'true' }
    put(kube, pathIn(NODES, name), { ...node, metadata: { ...node.metadata, labels } }, world)
  }
}

/** `key=value:Effect`, the value optional. */
const taintsOf = (taints: readonly string[]) =>
  taints.map((taint) => {
    const [what = '', effect = ''] = taint.split(':')
    const [key = '', value] = what.split('=')
    return { key, effect, ...(value ? { value } : {}) }
  })

const passwordPath = (name: string) =>
  pathIn('/api/v1/secrets', `${name}.node-password.k3s`, 'kube-system')

/** The node password that the cluster remembers; null if it knows no machine of this name. */
export const passwordOf = (kube: Kube, name: string): string | null =>
  (kube.objects[passwordPath(name)]?.data as { hash?: string } | undefined)?.hash ?? null

function putPassword(kube: Kube, name: string, password: string, world: KubeWorld): void {
  if (passwordOf(kube, name) !== null) return
  put(
    kube,
    passwordPath(name),
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: `${name}.node-password.k3s`, namespace: 'kube-system' },
      type: 'Opaque',
      data: { hash: password },
    },
    world,
  )
}
