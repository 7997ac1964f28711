import { isReady } from './conditions'
import {
  drop,
  type Kube,
  type KubeMachine,
  type KubeObject,
  type KubeWorld,
  list,
  pathIn,
  put,
} from './kube'

const NODES = '/api/v1/nodes'
const PODS = '/api/v1/pods'
/** Kubernetes' own: a node is missed after 40 s, its pods are given up 5 min later; here after 60 s. */
const MISSED_MS = 40_000
const EVICT_MS = 60_000

/** Whether the network's agent runs on a node. */
export const networkReady = (kube: Kube, node: string): boolean =>
  kube.k3s?.flannel === true ||
  list(kube, PODS).some(
    (pod) =>
      pod.metadata.labels?.['k8s-app'] === 'calico-node' &&
      (pod.spec as { nodeName?: string }).nodeName === node &&
      isReady(pod),
  )

/** Registers a kubelet with its cluster. */
export function registerNode(
  kube: Kube,
  name: string,
  machine: KubeMachine,
  controlPlane: boolean,
  world: KubeWorld,
): void {
  put(
    kube,
    pathIn(NODES, name),
    {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        labels: {
          'kubernetes.io/hostname': name,
          'kubernetes.io/os': 'linux',
          'kubernetes.io/arch': 'amd64',
          ...(controlPlane
            ? {
                'node-role.kubernetes.io/control-plane': '',
                'node.kubernetes.io/exclude-from-external-load-balancers': '',
              }
            : {}),
        },
        annotations: { 'node.alpha.kubernetes.io/ttl': '0' },
      },
      spec: {
        ...(controlPlane
          ? { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] }
          : {}),
      },
      status: nodeStatus(kube, name, machine),
    },
    world,
  )
}

function nodeStatus(kube: Kube, name: string, machine: KubeMachine) {
  const ready = networkReady(kube, name)
  const voter = kube.k3s?.sqlite === false ? kube.members[name] : undefined
  return {
    addresses: [
      { type: 'InternalIP', address: machine.address },
      { type: 'Hostname', address: name },
    ],
    capacity: { cpu: String(machine.cpus), memory: `${machine.memoryMib * 1024}Ki`, pods: '110' },
    conditions: [
      { type: 'MemoryPressure', status: 'False' },
      { type: 'DiskPressure', status: 'False' },
      ...(voter ? [{ type: 'EtcdIsVoter', status: voter.learner ? 'False' : 'True' }] : []),
      ready
        ? {
            type: 'Ready',
            status: 'True',
            reason: 'KubeletReady',
            message: 'kubelet is posting ready status',
          }
        : {
            type: 'Ready',
            status: 'False',
            reason: 'KubeletNotReady',
            message:
              'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
          },
    ],
    nodeInfo: {
      kubeletVersion: kube.version,
      osImage: machine.os,
      kernelVersion: machine.kernel,
      containerRuntimeVersion: machine.containerRuntime,
    },
  }
}

const LOST = {
  type: 'Ready',
  status: 'Unknown',
  reason: 'NodeStatusUnknown',
  message: 'Kubelet stopped posting node status.',
}

/** What kubelets report, and what the cluster thinks of those that do not. */
export function reconcileNodes(kube: Kube, world: KubeWorld): void {
  for (const name of Object.keys(kube.missedSince))
    if (!kube.objects[pathIn(NODES, name)]) delete kube.missedSince[name]
  for (const node of list(kube, NODES)) {
    const name = node.metadata.name
    const machine = world.nodes[name]
    if (machine?.kubelet) {
      delete kube.missedSince[name]
      writeNode(kube, node, nodeStatus(kube, name, machine), world)
      continue
    }
    const since = kube.missedSince[name] ?? world.at
    kube.missedSince[name] = since
    if (world.at - since < MISSED_MS) continue
    const status = node.status as { conditions: { type: string }[] }
    const conditions = [...status.conditions.filter(({ type }) => type !== 'Ready'), LOST]
    writeNode(kube, node, { ...status, conditions }, world)
    if (world.at - since >= EVICT_MS) giveUpPods(kube, name)
  }
}

function writeNode(kube: Kube, node: KubeObject, status: object, world: KubeWorld): void {
  if (JSON.stringify(node.status) === JSON.stringify(status)) return
  put(kube, pathIn(NODES, node.metadata.name), { ...node, status }, world)
}

/** Pods of a lost node are made anew elsewhere; static and daemon pods stay with their node. */
function giveUpPods(kube: Kube, node: string): void {
  for (const pod of list(kube, PODS)) {
    const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller)?.kind
    if ((pod.spec as { nodeName?: string }).nodeName !== node) continue
    if (owner === 'ReplicaSet' || owner === 'StatefulSet')
      drop(kube, pathIn(PODS, pod.metadata.name, pod.metadata.namespace))
  }
}
