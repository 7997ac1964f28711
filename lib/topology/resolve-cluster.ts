import { failureDomains } from './failure-domains'
import { resolveVm } from './resolve'
import type { Topology } from './topology'

/** What a cluster's steps and add-ons need, looked up. */
export type ResolvedCluster = {
  /** controlPlaneEndpoint: the document's, else a name for the first load balancer or control plane. */
  endpoint: { name: string; address: string; port: number }
  /** CIDR of the network of the first control plane's first NIC. */
  nodeCidr: string | null
  /** Distinct failure domains (host and disk, or the NAS) below the workers' storage. */
  workerDomains: string[]
  nfs: { server: string; path: string } | null
  longhornPath: string | null
}

/** Where the NFS machine's data disk is mounted and exported if the document names no path. */
export const DEFAULT_EXPORT = '/srv/nfs'
/** Where a worker's Longhorn disk is mounted if the document names no path. */
export const DEFAULT_LONGHORN_PATH = '/var/lib/longhorn'

/** Null without such a cluster. An address not yet allocated is an empty string. */
export function resolveCluster(topology: Topology, clusterId: string): ResolvedCluster | null {
  const cluster = topology.clusters?.[clusterId]
  if (!cluster) return null
  const frontId = cluster.loadBalancers?.[0] ?? cluster.controlPlanes[0]
  const front = frontId === undefined ? null : resolveVm(topology, frontId)
  const first =
    cluster.controlPlanes[0] === undefined ? null : resolveVm(topology, cluster.controlPlanes[0])
  const nodeNetwork = first?.nics[0]?.network
  const nfs = cluster.nfs === undefined ? null : resolveVm(topology, cluster.nfs)
  const workers = cluster.workers.flatMap((id) => resolveVm(topology, id) ?? [])
  const longhorn = workers.flatMap((vm) => vm.disks.filter((disk) => disk.use === 'longhorn'))
  const exported = nfs?.disks.find((disk) => disk.use === 'nfs')
  const nfsNic =
    nfs?.nics.find((nic) => nic.network !== nodeNetwork && reaches(workers, nic.network)) ??
    nfs?.nics[0]
  return {
    endpoint: {
      name: cluster.endpoint?.name ?? `${clusterId}.k8s.home.arpa`,
      address: cluster.endpoint?.address ?? front?.nics[0]?.address ?? '',
      port: cluster.endpoint?.port ?? 6443,
    },
    nodeCidr: nodeNetwork === undefined ? null : (topology.networks?.[nodeNetwork]?.cidr ?? null),
    workerDomains: failureDomains(
      topology,
      workers.map(({ id }) => id),
    ),
    nfs:
      nfs && exported && nfsNic?.address
        ? { server: nfsNic.address, path: exported.mount ?? DEFAULT_EXPORT }
        : null,
    longhornPath: longhorn.length === 0 ? null : (longhorn[0]?.mount ?? DEFAULT_LONGHORN_PATH),
  }
}

type Resolved = NonNullable<ReturnType<typeof resolveVm>>

const reaches = (workers: readonly Resolved[], network: string) =>
  workers.length > 0 && workers.every((vm) => vm.nics.some((nic) => nic.network === network))
