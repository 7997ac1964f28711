import { isReady } from './conditions'
import { drop, type Kube, type KubeObject, type KubeWorld, list, pathIn, put } from './kube'

const APPS = '/apis/apps/v1'
const PODS = '/api/v1/pods'

type PodTemplate = { metadata?: { labels?: Record<string, string> }; spec: Record<string, unknown> }
type WorkloadSpec = { replicas?: number; template: PodTemplate }

/** Whether a workload has all the ready pods that it wants. */
export function isAvailable(workload: KubeObject): boolean {
  const status = (workload.status ?? {}) as Record<string, number | undefined>
  if (workload.kind === 'DaemonSet') {
    const wanted = status.desiredNumberScheduled ?? 0
    return wanted > 0 && (status.numberReady ?? 0) >= wanted
  }
  return (status.readyReplicas ?? 0) >= ((workload.spec as WorkloadSpec).replicas ?? 1)
}

type NodeObject = KubeObject & {
  spec?: { unschedulable?: boolean; taints?: { key: string; effect: string }[] }
}

const nodesOf = (kube: Kube) => list(kube, '/api/v1/nodes') as NodeObject[]

/** Nodes that take ordinary pods: ready, not cordoned, not a tainted control plane. */
function schedulable(kube: Kube): NodeObject[] {
  return nodesOf(kube).filter(
    (node) =>
      isReady(node) &&
      node.spec?.unschedulable !== true &&
      !(node.spec?.taints ?? []).some(
        ({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute',
      ),
  )
}

const ownedBy = (kube: Kube, workload: KubeObject): KubeObject[] =>
  list(kube, PODS, workload.metadata.namespace).filter((pod) =>
    pod.metadata.ownerReferences?.some(({ uid }) => uid === workload.metadata.uid),
  )

/** Makes and removes pods until every workload has what it wants, and writes their statuses. */
export function reconcileWorkloads(kube: Kube, world: KubeWorld): void {
  for (const collection of ['deployments', 'statefulsets', 'daemonsets']) {
    for (const workload of list(kube, `${APPS}/${collection}`)) {
      if (workload.kind === 'DaemonSet') reconcileDaemonSet(kube, workload, world)
      else reconcileReplicas(kube, workload, world)
      writeStatus(kube, `${APPS}/${collection}`, workload, world)
    }
  }
}

function reconcileReplicas(kube: Kube, workload: KubeObject, world: KubeWorld): void {
  const wanted = (workload.spec as WorkloadSpec).replicas ?? 1
  const pods = ownedBy(kube, workload).filter((pod) => !pod.metadata.deletionTimestamp)
  for (const extra of pods.slice(wanted))
    drop(kube, pathIn(PODS, extra.metadata.name, extra.metadata.namespace))
  const taken = new Set(pods.map((pod) => pod.metadata.name))
  for (let index = 0; taken.size < wanted && index < wanted * 2 + 2; index += 1) {
    const name =
      workload.kind === 'StatefulSet'
        ? `${workload.metadata.name}-${index}`
        : `${workload.metadata.name}-${world.hex(5)}`
    if (taken.has(name) || kube.objects[pathIn(PODS, name, workload.metadata.namespace)]) continue
    taken.add(name)
    makePod(kube, workload, name, null, world)
  }
}

function reconcileDaemonSet(kube: Kube, workload: KubeObject, world: KubeWorld): void {
  const names = new Set(
    nodesOf(kube)
      .filter((node) => canRun(workload, node))
      .map((node) => node.metadata.name),
  )
  const pods = ownedBy(kube, workload)
  for (const pod of pods) {
    const node = (pod.spec as { nodeName?: string }).nodeName
    if (node && !names.has(node))
      drop(kube, pathIn(PODS, pod.metadata.name, pod.metadata.namespace))
    else if (node) names.delete(node)
  }
  for (const node of names)
    makePod(kube, workload, `${workload.metadata.name}-${world.hex(5)}`, node, world)
}

/** A daemon set that tolerates everything runs on control planes too. */
function canRun(workload: KubeObject, node: NodeObject): boolean {
  const tolerations = ((workload.spec as WorkloadSpec).template.spec.tolerations ?? []) as {
    operator?: string
  }[]
  const tainted = (node.spec?.taints ?? []).some(
    ({ key }) => key === 'node-role.kubernetes.io/control-plane',
  )
  return !tainted || tolerations.some(({ operator }) => operator === 'Exists')
}

function makePod(
  kube: Kube,
  workload: KubeObject,
  name: string,
  node: string | null,
  world: KubeWorld,
): void {
  const { template } = workload.spec as WorkloadSpec
  const namespace = workload.metadata.namespace
  const path = pathIn(PODS, name, namespace)
  put(
    kube,
    path,
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        ...(namespace === undefined ? {} : { namespace }),
        labels: { ...template.metadata?.labels },
        ownerReferences: [
          {
            apiVersion: 'apps/v1',
            // A deployment's pods belong to its replica set; the set itself is left out here.
            kind: workload.kind === 'Deployment' ? 'ReplicaSet' : workload.kind,
            name: workload.metadata.name,
            uid: workload.metadata.uid ?? '',
            controller: true,
          },
        ],
      },
      spec: { ...template.spec, ...(node === null ? {} : { nodeName: node }) },
      status: { phase: 'Pending' },
    },
    world,
  )
}

/** A node for a pod that has none: first where fewest of its siblings run, then where fewest pods do. */
export function pickNode(kube: Kube, pod: KubeObject): string | null {
  const owner = pod.metadata.ownerReferences?.[0]?.uid
  const counts = new Map(
    schedulable(kube).map((node) => [node.metadata.name, { siblings: 0, all: 0 }]),
  )
  for (const other of list(kube, PODS)) {
    const count = counts.get((other.spec as { nodeName?: string }).nodeName ?? '')
    if (!count) continue
    count.all += 1
    if (owner !== undefined && other.metadata.ownerReferences?.[0]?.uid === owner)
      count.siblings += 1
  }
  const order = [...counts].sort(([, a], [, b]) => a.siblings - b.siblings || a.all - b.all)
  return order[0]?.[0] ?? null
}

function writeStatus(kube: Kube, collection: string, workload: KubeObject, world: KubeWorld): void {
  const pods = ownedBy(kube, workload)
  const ready = pods.filter((pod) => isReady(pod) && !pod.metadata.deletionTimestamp).length
  const wanted = (workload.spec as WorkloadSpec).replicas ?? 1
  const observedGeneration = workload.metadata.generation ?? 1
  const status =
    workload.kind === 'DaemonSet'
      ? {
          observedGeneration,
          desiredNumberScheduled: nodesOf(kube).filter((node) => canRun(workload, node)).length,
          currentNumberScheduled: pods.length,
          numberReady: ready,
          numberAvailable: ready,
        }
      : {
          observedGeneration,
          replicas: pods.length,
          readyReplicas: ready,
          availableReplicas: ready,
          updatedReplicas: pods.length,
          conditions: [
            {
              type: 'Available',
              status: ready >= wanted ? 'True' : 'False',
              reason: ready >= wanted ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
            },
          ],
        }
  if (JSON.stringify(status) === JSON.stringify(workload.status)) return
  put(
    kube,
    pathIn(collection, workload.metadata.name, workload.metadata.namespace),
    { ...workload, status },
    world,
  )
}
