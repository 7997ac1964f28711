import type { Manifest } from '@/lib/catalogue/entry'
import { valuesLabel } from '@/lib/helm/client'
import { KubernetesError } from '@/lib/kubernetes/errors'
import type { Kubernetes, KubernetesObject } from '@/lib/kubernetes/kubernetes'
import { objectPath } from '@/lib/kubernetes/object-path'
import { resourceKey } from '@/lib/plan/cluster/add-on-steps'
import type { WantedCluster } from '@/lib/plan/cluster/wanted'
import type { ObservedCluster, ObservedNode } from '@/lib/plan/observed'
import { HASH_ANNOTATION } from './add-on/hash-annotation'
import { listReleases } from './add-on/releases'
import { unwell } from './add-on/unwell-pods'
import { isVoter } from './k3s/is-voter'
import { k3sMade } from './k3s/k3s-made'
import { readiness } from './kubernetes/k8s-node'
import { observeMade } from './observe-made'

/**
 * What a cluster is like now. Throws `KubernetesError` if it does not answer; the caller makes that
 * "unknown". `wanted` names the objects beside charts that are looked for.
 */
export async function observeCluster(
  kubernetes: Kubernetes,
  wanted: WantedCluster,
): Promise<ObservedCluster> {
  const [version, ready, nodes, pods, releases, made] = await Promise.all([
    kubernetes.version(),
    kubernetes.ready(),
    kubernetes.list('/api/v1/nodes'),
    kubernetes.list('/api/v1/pods'),
    listReleases(kubernetes),
    wanted.ref.k3s ? undefined : observeMade(kubernetes),
  ])
  return {
    version,
    ready,
    nodes: nodes.map(toNode),
    etcdMembers: wanted.ref.k3s ? etcdOfK3s(nodes) : etcdOf(pods),
    releases: Object.fromEntries(
      releases.map(({ name, namespace, revision, status, version, valuesHash, addOn }) => [
        `${namespace}/${name}`,
        {
          chart: name,
          version: version ?? '',
          status,
          revision,
          valuesHash: fullHash(wanted, name, namespace, valuesHash),
          addOn,
        },
      ]),
    ),
    unwellPods: pods.flatMap((pod) => unwell(pod) ?? []),
    resources: await observeResources(kubernetes, wanted),
    podCount: pods.length,
    ...present({ made: made ?? k3sMade(nodes) }),
  }
}

const present = ({ made }: Pick<ObservedCluster, 'made'>) => (made === undefined ? {} : { made })

/** A label holds the head of a hash; the wanted one with that head stands for it. */
function fullHash(wanted: WantedCluster, release: string, namespace: string, head: string | null) {
  const addOn = wanted.addOns.find(
    (each) => each.release === release && each.namespace === namespace,
  )
  return head !== null && addOn && valuesLabel(addOn.valuesHash) === head ? addOn.valuesHash : head
}

async function observeResources(
  kubernetes: Kubernetes,
  wanted: WantedCluster,
): Promise<ObservedCluster['resources']> {
  const manifests = wanted.addOns.flatMap((addOn) => [...addOn.before, ...addOn.afterwards])
  const namespaces = wanted.addOns
    .filter((addOn) => addOn.before.length > 0)
    .map((addOn) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: addOn.namespace } }))
  const seen = await Promise.all(
    [...namespaces, ...manifests].map(async (manifest) => {
      const { kind, metadata } = manifest
      const key = resourceKey({
        kind,
        name: metadata.name,
        namespace: (metadata as Manifest['metadata']).namespace ?? null,
      })
      return [key, await hashOf(kubernetes, manifest as KubernetesObject)] as const
    }),
  )
  return Object.fromEntries(
    seen.flatMap(([key, hash]) => (hash === undefined ? [] : [[key, hash]])),
  )
}

/** Undefined if the object, or its definition, is not there; null if it is not ours. */
async function hashOf(
  kubernetes: Kubernetes,
  manifest: KubernetesObject,
): Promise<string | null | undefined> {
  try {
    const found = await kubernetes.get(await objectPath(manifest, kubernetes))
    return found === null ? undefined : (found.metadata.annotations?.[HASH_ANNOTATION] ?? null)
  } catch (error) {
    if (error instanceof KubernetesError && error.code === 'kubernetes.not-found') return undefined
    throw error
  }
}

type NodeStatus = {
  nodeInfo?: { kubeletVersion?: string }
  addresses?: { type: string; address: string }[]
}

function toNode(node: KubernetesObject): ObservedNode {
  const labels = node.metadata.labels ?? {}
  const status = (node.status ?? {}) as NodeStatus
  const { ready, reason } = readiness(node)
  return {
    name: node.metadata.name,
    ready,
    reason: ready ? null : reason,
    schedulable: (node.spec as { unschedulable?: boolean } | undefined)?.unschedulable !== true,
    roles: Object.keys(labels)
      .filter((key) => key.startsWith('node-role.kubernetes.io/'))
      .map((key) => key.split('/')[1] ?? ''),
    version: status.nodeInfo?.kubeletVersion ?? '',
    address: status.addresses?.find((each) => each.type === 'InternalIP')?.address ?? '',
    labels,
  }
}

/** k3s runs etcd in its own process: it labels the nodes and tells in a condition whether each one votes. */
const etcdOfK3s = (nodes: readonly KubernetesObject[]): ObservedCluster['etcdMembers'] =>
  nodes
    .filter((node) => node.metadata.labels?.['node-role.kubernetes.io/etcd'] !== undefined)
    .map((node) => ({
      name: node.metadata.name,
      learner: !isVoter(node),
      healthy: readiness(node).ready,
    }))

/** Members as their static pods show them; whether one is a learner only etcd itself knows. */
const etcdOf = (pods: readonly KubernetesObject[]): ObservedCluster['etcdMembers'] =>
  pods
    .filter((pod) => pod.metadata.labels?.component === 'etcd')
    .map((pod) => ({
      name: pod.metadata.name.replace(/^etcd-/, ''),
      learner: null,
      healthy: unwell(pod) === null,
    }))
