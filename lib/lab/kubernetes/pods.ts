import { drop, type Kube, type KubeObject, type KubeWorld, list, pathIn, put } from './kube'
import { networkReady } from './nodes'
import { pickNode } from './workloads'

const PODS = '/api/v1/pods'

type Container = { name: string; image?: string }
type PodSpec = { nodeName?: string; hostNetwork?: boolean; containers?: Container[] }

const specOf = (pod: KubeObject) => pod.spec as PodSpec
const imagesOf = (pod: KubeObject) => (specOf(pod).containers ?? []).map(({ image }) => image ?? '')

/** Takes every pod one phase further when its time has come. */
export function advancePods(kube: Kube, world: KubeWorld): void {
  for (const pod of list(kube, PODS)) {
    const path = pathIn(PODS, pod.metadata.name, pod.metadata.namespace)
    const plan = kube.pods[path]
    if (plan === undefined) admit(kube, path, pod, world)
    else if (plan.due <= world.at) advance(kube, path, pod, plan.next, world)
  }
}

/** Places a pod that is new, or says why it cannot be placed. */
function admit(kube: Kube, path: string, pod: KubeObject, world: KubeWorld): void {
  const { phase } = pod.status as { phase?: string }
  if (phase !== 'Pending' || pod.metadata.deletionTimestamp) return
  const node = specOf(pod).nodeName ?? pickNode(kube, pod)
  if (node === null) {
    setStatus(kube, path, pod, unschedulable(), world)
    return
  }
  const placed = put(
    kube,
    path,
    { ...pod, spec: { ...specOf(pod), nodeName: node }, status: { phase: 'Pending' } },
    world,
  )
  kube.pods[path] = { next: 'creating', due: world.at + 500 }
  if (specOf(placed).hostNetwork !== true && !networkReady(kube, node)) {
    kube.pods[path] = { next: 'creating', due: world.at + 2000 }
  }
}

const unschedulable = () => ({
  phase: 'Pending',
  conditions: [
    {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message: 'no nodes available: none is ready, schedulable and untainted.',
    },
  ],
})

function advance(
  kube: Kube,
  path: string,
  pod: KubeObject,
  next: 'creating' | 'running' | 'gone',
  world: KubeWorld,
): void {
  const node = specOf(pod).nodeName ?? ''
  if (next === 'gone') {
    drop(kube, path)
    return
  }
  if (!world.nodes[node]?.kubelet) return
  if (next === 'creating') create(kube, path, pod, node, world)
  else run(kube, path, pod, node, world)
}

function create(kube: Kube, path: string, pod: KubeObject, node: string, world: KubeWorld): void {
  if (specOf(pod).hostNetwork !== true && !networkReady(kube, node)) {
    setStatus(
      kube,
      path,
      pod,
      waiting(pod, 'ContainerCreating', 'network is not ready: cni plugin not initialized'),
      world,
    )
    kube.pods[path] = { next: 'creating', due: world.at + 3000 }
    return
  }
  const fresh = imagesOf(pod).filter((image) => !kube.pulled[node]?.includes(image))
  setStatus(kube, path, pod, waiting(pod, 'ContainerCreating', ''), world)
  const pull = fresh.reduce((sum) => sum + world.random(6000, 16_000), 0)
  kube.pods[path] = { next: 'running', due: world.at + 1500 + pull }
}

function run(kube: Kube, path: string, pod: KubeObject, node: string, world: KubeWorld): void {
  const stuck = world.stuck.find(({ pod: prefix }) => pod.metadata.name.startsWith(prefix))
  if (stuck) {
    setStatus(kube, path, pod, waiting(pod, stuck.reason, stuck.message), world)
    kube.pods[path] = { next: 'running', due: world.at + 5000 }
    return
  }
  const held = kube.pulled[node] ?? []
  kube.pulled[node] = [...new Set([...held, ...imagesOf(pod)])]
  delete kube.pods[path]
  setStatus(kube, path, pod, running(pod, world), world)
}

function setStatus(
  kube: Kube,
  path: string,
  pod: KubeObject,
  status: object,
  world: KubeWorld,
): void {
  const current = kube.objects[path] ?? pod
  if (JSON.stringify(current.status) === JSON.stringify(status)) return
  put(kube, path, { ...current, status }, world)
}

const waiting = (pod: KubeObject, reason: string, message: string) => ({
  phase: 'Pending',
  conditions: [
    { type: 'PodScheduled', status: 'True' },
    { type: 'Ready', status: 'False', reason: 'ContainersNotReady' },
  ],
  containerStatuses: (specOf(pod).containers ?? []).map(({ name, image }) => ({
    name,
    image,
    ready: false,
    state: { waiting: { reason, ...(message ? { message } : {}) } },
  })),
})

/** Status of a pod whose containers all run. */
export const running = (pod: KubeObject, world: KubeWorld) => ({
  phase: 'Running',
  startTime: new Date(world.wall).toISOString().replace(/\.\d+/, ''),
  conditions: [
    { type: 'PodScheduled', status: 'True' },
    { type: 'Ready', status: 'True' },
  ],
  containerStatuses: (specOf(pod).containers ?? []).map(({ name, image }) => ({
    name,
    image,
    ready: true,
    state: { running: {} },
  })),
})
