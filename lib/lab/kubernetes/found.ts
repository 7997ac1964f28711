import { emptyKube, type KubeOptions } from './empty-kube'
import { type Kube, type KubeMachine, type KubeWorld, pathIn, put } from './kube'
import { registerNode } from './nodes'
import { running } from './pods'

export type FoundOptions = KubeOptions & {
  /** Whether kubeadm installs kube-proxy. */
  kubeProxy: boolean
}

/** What `kubeadm init` leaves behind: a cluster of one control plane without a network. */
export function foundKube(
  options: FoundOptions,
  node: string,
  machine: KubeMachine,
  world: KubeWorld,
): Kube {
  const kube = emptyKube(options, world)
  addControlPlane(kube, node, machine, world)
  systemWorkload(
    kube,
    'Deployment',
    'coredns',
    'registry.k8s.io/coredns/coredns:v1.11.1',
    { replicas: 2 },
    world,
  )
  if (options.kubeProxy) {
    const image = `registry.k8s.io/kube-proxy:${options.version}`
    systemWorkload(kube, 'DaemonSet', 'kube-proxy', image, { hostNetwork: true }, world)
  }
  return kube
}

/** A control plane's node, its etcd member and its static pods. */
export function addControlPlane(
  kube: Kube,
  node: string,
  machine: KubeMachine,
  world: KubeWorld,
): void {
  kube.members[node] = {
    id: world.hex(16),
    peer: `https://${machine.address}:2380`,
    learner: false,
  }
  registerNode(kube, node, machine, true, world)
  const images: Record<string, string> = {
    etcd: 'registry.k8s.io/etcd:3.5.16-0',
    'kube-apiserver': `registry.k8s.io/kube-apiserver:${kube.version}`,
    'kube-controller-manager': `registry.k8s.io/kube-controller-manager:${kube.version}`,
    'kube-scheduler': `registry.k8s.io/kube-scheduler:${kube.version}`,
  }
  for (const [component, image] of Object.entries(images)) {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `${component}-${node}`,
        namespace: 'kube-system',
        labels: { component, tier: 'control-plane' },
        annotations: { 'kubernetes.io/config.mirror': world.hex(32) },
        ownerReferences: [
          {
            apiVersion: 'v1',
            kind: 'Node',
            name: node,
            uid: kube.objects[pathIn('/api/v1/nodes', node)]?.metadata.uid ?? '',
            controller: true,
          },
        ],
      },
      spec: { nodeName: node, hostNetwork: true, containers: [{ name: component, image }] },
    }
    const path = pathIn('/api/v1/pods', pod.metadata.name, 'kube-system')
    put(kube, path, { ...pod, status: running(pod, world) }, world)
  }
}

/** A workload of the cluster's own in kube-system. */
export function systemWorkload(
  kube: Kube,
  kind: 'Deployment' | 'DaemonSet',
  name: string,
  image: string,
  options: { replicas?: number; hostNetwork?: boolean },
  world: KubeWorld,
): void {
  const labels = { 'k8s-app': name }
  put(
    kube,
    pathIn(`/apis/apps/v1/${kind.toLowerCase()}s`, name, 'kube-system'),
    {
      apiVersion: 'apps/v1',
      kind,
      metadata: { name, namespace: 'kube-system', labels },
      spec: {
        ...(options.replicas === undefined ? {} : { replicas: options.replicas }),
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            hostNetwork: options.hostNetwork ?? false,
            containers: [{ name, image }],
            tolerations: [{ operator: 'Exists' }],
          },
        },
      },
    },
    world,
  )
}
