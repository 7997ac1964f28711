import type { KubernetesClient } from '@/lib/kubernetes/client'
import type { KubernetesObject } from '@/lib/kubernetes/kubernetes'
import { watch } from '@/lib/kubernetes/watch'
import type { ClusterRef } from '@/lib/plan/step'
import { unwell } from '@/lib/steps/add-on/unwell-pods'
import { readiness } from '@/lib/steps/kubernetes/k8s-node'

/** Changes come in bursts: one is told of after so long. */
const SETTLE_MS = 1000

export type ClusterWatches = {
  /** Watches these clusters of a topology from now on, and no others of it. */
  keep(topologyId: string, clusters: readonly ClusterRef[]): void
  stop(): void
}

export type ClusterWatchOptions = {
  kubernetes(ref: ClusterRef): Promise<KubernetesClient>
  /** Something of a topology's clusters is other than it was: look at it. */
  onChange(topologyId: string): void
  /** A watch ended for a reason that waiting does not change. It is begun again by the next `keep`. */
  onEnd(ref: ClusterRef, error: unknown): void
}

/**
 * Watches the nodes and pods of clusters for what a person would call a change: a node or pod that
 * comes or goes, becomes ready or unwell. Only that is kept of each object.
 */
export function watchClusters(options: ClusterWatchOptions): ClusterWatches {
  const watches = new Map<string, { topologyId: string; controller: AbortController }>()
  const waiting = new Map<string, NodeJS.Timeout>()

  const tell = (topologyId: string) => {
    if (waiting.has(topologyId)) return
    const timer = setTimeout(() => {
      waiting.delete(topologyId)
      options.onChange(topologyId)
    }, SETTLE_MS)
    waiting.set(topologyId, timer)
  }
  const begin = (ref: ClusterRef) => {
    const key = keyOf(ref)
    const controller = new AbortController()
    watches.set(key, { topologyId: ref.topologyId, controller })
    const follow = async (path: string, stateOf: (object: KubernetesObject) => string) => {
      const client = await options.kubernetes(ref)
      await followCollection(client, path, stateOf, controller.signal, () => tell(ref.topologyId))
    }
    Promise.all([follow('/api/v1/nodes', nodeState), follow('/api/v1/pods', podState)]).catch(
      (error: unknown) => {
        if (controller.signal.aborted) return
        controller.abort()
        watches.delete(key)
        options.onEnd(ref, error)
      },
    )
  }
  return {
    keep(topologyId, clusters) {
      const wanted = new Map(clusters.map((ref) => [keyOf(ref), ref]))
      for (const [key, each] of watches) {
        if (each.topologyId !== topologyId || wanted.has(key)) continue
        each.controller.abort()
        watches.delete(key)
      }
      for (const [key, ref] of wanted) if (!watches.has(key)) begin(ref)
    },
    stop() {
      for (const { controller } of watches.values()) controller.abort()
      for (const timer of waiting.values()) clearTimeout(timer)
      watches.clear()
      waiting.clear()
    },
  }
}

/** A cluster that was made anew has the same id and another address or version perhaps. */
const keyOf = ({ topologyId, cluster, endpoint }: ClusterRef): string =>
  `${topologyId}/${cluster}/${endpoint.address}:${endpoint.port}`

const nodeState = (node: KubernetesObject): string => {
  const { ready, reason } = readiness(node)
  const cordoned = (node.spec as { unschedulable?: boolean } | undefined)?.unschedulable === true
  return `${ready ? 'ready' : reason}${cordoned ? ', cordoned' : ''}`
}
const podState = (pod: KubernetesObject): string => unwell(pod)?.reason ?? 'well'

async function followCollection(
  client: KubernetesClient,
  path: string,
  stateOf: (object: KubernetesObject) => string,
  signal: AbortSignal,
  changed: () => void,
): Promise<void> {
  let states: Map<string, string> | null = null
  const idOf = ({ metadata }: KubernetesObject) => `${metadata.namespace ?? ''}/${metadata.name}`
  for await (const event of watch(client, path, { signal })) {
    if (event.type === 'listed') {
      const listed = new Map(event.objects.map((each) => [idOf(each), stateOf(each)]))
      // The first list is newer than the look that led to this watch, so that is done once more.
      if (states === null || !isEqual(states, listed)) changed()
      states = listed
      continue
    }
    const [id, before] = [idOf(event.object), states?.get(idOf(event.object))]
    const after = event.type === 'deleted' ? undefined : stateOf(event.object)
    if (after === undefined) states?.delete(id)
    else states?.set(id, after)
    if (before !== after) changed()
  }
}

const isEqual = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean =>
  a.size === b.size && [...a].every(([key, value]) => b.get(key) === value)
