import { type ChosenAddOn, chooseAddOns, type UnplannedAddOn } from '@/lib/catalogue/order'
import { type ResolvedVm, resolveVm } from '@/lib/topology/resolve'
import { type ResolvedCluster, resolveCluster } from '@/lib/topology/resolve-cluster'
import type { Cluster, Topology } from '@/lib/topology/topology'
import type { PlanContext } from '../context'
import { toGuest } from '../desired'
import { k3sRelease, kubernetesOf } from '../k3s-release'
import type { ObservedCluster, Seen } from '../observed'
import type { ClusterRef, GuestRef, K3sRef } from '../step'

/** One machine of a cluster, with how it is reached. */
export type Member = { vm: ResolvedVm; guest: GuestRef }

/** One cluster of the topology with everything looked up that its steps need. */
export type WantedCluster = {
  id: string
  cluster: Cluster
  resolved: ResolvedCluster
  ref: ClusterRef
  controlPlanes: Member[]
  workers: Member[]
  loadBalancers: Member[]
  nfs: Member | null
  addOns: ChosenAddOn[]
  unplanned: UnplannedAddOn[]
  topology: Topology
  context: PlanContext
  /** Whether it was seen to be there. */
  exists: boolean
}

/**
 * Null if no control plane can be reached (no address or host yet). `seen` chooses the control
 * plane that tokens are made on: one that is a node already, else the document's first.
 */
export function wantedCluster(
  topology: Topology,
  context: PlanContext,
  id: string,
  seen: Seen<ObservedCluster> | undefined,
): WantedCluster | null {
  const cluster = topology.clusters?.[id]
  const resolved = resolveCluster(topology, id)
  if (!cluster || !resolved) return null
  const member = (vmId: string): Member[] => {
    const vm = resolveVm(topology, vmId)
    const guest = vm ? toGuest(vm, topology, context) : null
    return vm && guest ? [{ vm, guest }] : []
  }
  const controlPlanes = cluster.controlPlanes.flatMap(member)
  const joined = new Set(seen?.state === 'known' ? seen.value.nodes.map((node) => node.name) : [])
  const first = controlPlanes.find((each) => joined.has(each.vm.name)) ?? controlPlanes[0]
  if (!first) return null
  const { chosen, unplanned } = chooseAddOns(topology, id, context.secretVersions)
  const k3s = k3sOf(cluster, seen)
  return {
    id,
    cluster,
    resolved,
    topology,
    context,
    exists: seen?.state === 'known',
    ref: {
      topologyId: context.topologyId,
      cluster: id,
      name: cluster.name ?? id,
      connection: first.guest.connection,
      endpoint: resolved.endpoint,
      version: k3s ? kubernetesOf(k3s.release) : patchOf(cluster.kubernetes),
      podCidr: cluster.podCidr,
      serviceCidr: cluster.serviceCidr,
      cniMode: cluster.cni?.mode ?? 'ebpf',
      firstControlPlane: first.guest,
      ...(k3s ? { k3s } : {}),
    },
    controlPlanes,
    workers: cluster.workers.flatMap(member),
    loadBalancers: (cluster.loadBalancers ?? []).flatMap(member),
    nfs: cluster.nfs === undefined ? null : (member(cluster.nfs)[0] ?? null),
    addOns: chosen,
    unplanned,
  }
}

/** Null for kubeadm. A cluster that runs on etcd keeps it, also with a single server left. */
function k3sOf(cluster: Cluster, seen: Seen<ObservedCluster> | undefined): K3sRef | null {
  if (cluster.distribution !== 'k3s') return null
  const onEtcd =
    cluster.controlPlanes.length > 1 || (seen?.state === 'known' && seen.value.nodes.some(hasEtcd))
  return {
    release: k3sRelease(cluster.kubernetes),
    datastore: onEtcd ? 'etcd' : 'sqlite',
    network: cluster.cni ? 'calico' : 'flannel',
  }
}

/** Whether a node of k3s is a member of its etcd: k3s labels it so. */
export const hasEtcd = ({ roles }: { roles: readonly string[] }): boolean => roles.includes('etcd')

/**
 * Last patch of each minor that is known to exist (kubernetes/website eol.yaml and release pages,
 * read 2026-11-23). A minor that is not listed is asked for as `.0`.
 */
const LAST_PATCH: Record<string, string> = { '1.29': '1.29.14' }

/** `1.29` -> `1.29.14`; a full version stays. */
const patchOf = (version: string) =>
  version.split('.').length === 3 ? version : (LAST_PATCH[version] ?? `${version}.0`)
