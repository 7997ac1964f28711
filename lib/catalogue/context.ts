import { resolveCluster } from '@/lib/topology/resolve-cluster'
import type { Topology } from '@/lib/topology/topology'
import type { AddOnContext } from './entry'

/** What `addOn` of `clusterId` may need from the topology. Throws if there is no such cluster. */
export function addOnContext(topology: Topology, clusterId: string, addOnId: string): AddOnContext {
  const cluster = topology.clusters?.[clusterId]
  const resolved = resolveCluster(topology, clusterId)
  if (!cluster || !resolved) throw new Error(`no cluster ${clusterId}`)
  const addOn = cluster.addOns?.[addOnId] ?? {}
  const pool = addOn.pool === undefined ? undefined : topology.pools?.[addOn.pool]
  const on = new Set(
    Object.entries(cluster.addOns ?? {})
      .filter(([, each]) => each.enabled !== false)
      .map(([id]) => id),
  )
  return {
    clusterId,
    cluster,
    addOn,
    on,
    endpoint: resolved.endpoint,
    poolRange: pool ? `${pool.from}-${pool.to}` : null,
    nodeCidr: resolved.nodeCidr,
    replicas: replicasOf(addOn.replicas, resolved.workerDomains, cluster.workers.length),
    nodes: cluster.workers.length,
    nfs: resolved.nfs,
    longhornPath: resolved.longhornPath,
    s3Url: s3UrlOf(topology),
    storageClass: on.has('longhorn')
      ? 'longhorn'
      : on.has('local-path-provisioner')
        ? 'local-path'
        : null,
  }
}

/** Copies that survive something: as many as failure domains, at most 3. An explicit number is obeyed. */
function replicasOf(
  asked: number | undefined,
  domains: readonly string[],
  workers: number,
): AddOnContext['replicas'] {
  if (asked !== undefined) return { count: asked, why: `The document asks for ${asked}.` }
  const count = Math.max(1, Math.min(3, domains.length, workers))
  const why =
    domains.length === 1
      ? 'All workers stand on one disk: more copies would multiply its writes and survive nothing.'
      : `The workers stand on ${domains.length} failure domains.`
  return { count, why }
}

function s3UrlOf(topology: Topology): string | null {
  const backups = Object.values(topology.services ?? {}).filter((each) => each.kind === 'backup')
  return backups.find(({ url }) => url !== undefined)?.url ?? null
}
