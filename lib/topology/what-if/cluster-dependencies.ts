import { disksOf } from '../defaults'
import { failureDomains } from '../failure-domains'
import { formatQuantity } from '../parse-quantity'
import { count, listed } from '../rules/rule'
import type { Cluster, Topology } from '../topology'
import type { GraphMaker, ThingId } from './graph'
import type { Answers } from './network-dependencies'

/** What an add-on cannot work without: other add-ons by id. The catalogue knows it. */
export type AddOnNeeds = (addOn: string) => readonly string[]

export const apiOf = (cluster: string): ThingId => `clusters/${cluster}/api`
const vmThings = (ids: readonly string[]): ThingId[] => ids.map((id) => `vms/${id}`)

/** Clusters: their API, the workers that pods run on, and what is installed. */
export function addClusters(
  topology: Topology,
  graph: GraphMaker,
  answers: Answers,
  needsOf: AddOnNeeds,
): void {
  const several = Object.keys(topology.clusters ?? {}).length > 1
  for (const [id, cluster] of Object.entries(topology.clusters ?? {})) {
    const name = cluster.name ?? id
    graph.add(`clusters/${id}`, 'cluster', name)
    graph.add(apiOf(id), 'api', `API of ${name}`)
    addApi(topology, graph, id, cluster, answers)
    addPods(topology, graph, id, cluster)
    addInstalled(topology, graph, id, cluster, { needsOf, suffix: several ? ` of ${name}` : '' })
  }
}

/** etcd needs most of the control planes; everybody comes over the endpoint's address. */
function addApi(
  topology: Topology,
  graph: GraphMaker,
  id: string,
  cluster: Cluster,
  answers: Answers,
): void {
  const planes = cluster.controlPlanes.filter((vm) => topology.vms?.[vm])
  const most = Math.floor(planes.length / 2) + 1
  const quorum = (left: number) =>
    cluster.distribution === 'k3s' && planes.length === 1
      ? 'has one server, and it is gone'
      : `needs ${most} of ${count(planes.length, 'control plane')} for etcd, and ${left} ${left === 1 ? 'is' : 'are'} left`
  graph.need(apiOf(id), {
    of: vmThings(planes),
    atLeast: most,
    else: 'stops',
    why: (_gone, left) => quorum(left),
    spare: (gone, left) =>
      left === most
        ? `has ${left} of ${planes.length} control planes left; the next one ends it`
        : `has lost ${listed(gone)}, ${left} of ${planes.length} control planes are left`,
  })
  const fronts = vmThings(frontsOf(topology, cluster, answers))
  graph.need(apiOf(id), {
    of: fronts,
    atLeast: 1,
    else: 'stops',
    why: (gone) => `is reached over ${listed(gone)} only`,
    spare: (gone) => `has lost ${listed(gone)}, one of ${fronts.length} in front of it`,
  })
}

/**
 * The VMs of which one must live for the API to be reached. The endpoint's address belongs to one
 * machine and nothing moves it there; one that is written as floating is had by any load balancer or,
 * without one, any control plane; another that no VM has is taken to float between the load balancers.
 */
export function frontsOf(topology: Topology, cluster: Cluster, answers: Answers): string[] {
  const balancers = (cluster.loadBalancers ?? []).filter((vm) => topology.vms?.[vm])
  if (cluster.endpoint?.floating !== undefined && cluster.endpoint.address !== undefined)
    return balancers.length > 0
      ? balancers
      : cluster.controlPlanes.filter((vm) => topology.vms?.[vm])
  const address = cluster.endpoint?.address
  const owner = address === undefined ? undefined : answers.get(address)
  if (owner?.startsWith('vms/')) return [owner.slice(4)]
  if (address !== undefined) return balancers
  return balancers.length > 0 ? balancers.slice(0, 1) : cluster.controlPlanes.slice(0, 1)
}

/** Pods run on the workers and go on without the API; nobody starts them again without it. */
function addPods(topology: Topology, graph: GraphMaker, id: string, cluster: Cluster): void {
  const thing = `clusters/${id}`
  const workers = cluster.workers.filter((vm) => topology.vms?.[vm])
  const nodes = workers.length > 0 ? workers : cluster.controlPlanes
  const memory = (vms: readonly string[]) =>
    vms.reduce((sum, vm) => sum + (memoryOf(topology, vm) ?? 0), 0)
  const total = memory(nodes)
  const byName = new Map(nodes.map((vm) => [topology.vms?.[vm]?.name ?? vm, vm]))
  graph.need(thing, {
    of: vmThings(nodes),
    atLeast: 1,
    else: 'stops',
    why: () => 'has no node left to run pods on',
    spare: (gone, left) => {
      const lost = memory(gone.flatMap((name) => byName.get(name) ?? []))
      const numbers = `${left} of ${nodes.length} nodes for pods are left`
      return total === 0
        ? `has to move pods, ${numbers}`
        : `has to move pods, ${numbers} with ${mib(total - lost)} of ${mib(total)} memory; what asks for more waits`
    },
  })
  graph.need(thing, {
    of: [apiOf(id)],
    atLeast: 1,
    else: 'degrades',
    why: () => 'goes on as it is; without its API nothing is started, moved or deployed',
  })
  if (cluster.nfs !== undefined) {
    graph.need(thing, {
      of: [`vms/${cluster.nfs}`],
      atLeast: 1,
      else: 'degrades',
      why: (gone) => `has pods that hang, those with volumes on ${listed(gone)}`,
    })
  }
  for (const [service, { neededBy }] of Object.entries(topology.services ?? {})) {
    if (neededBy?.includes('clusters')) isNeeded(graph, thing, service)
  }
}

/** Whatever cannot be started or repaired without a service, and goes on as long as nothing breaks. */
export const isNeeded = (graph: GraphMaker, thing: ThingId, service: string) =>
  graph.need(thing, {
    of: [`services/${service}`],
    atLeast: 1,
    else: 'degrades',
    why: (gone) => `cannot be started or repaired without ${listed(gone)}`,
  })

const memoryOf = (topology: Topology, id: string): number | undefined => {
  const vm = topology.vms?.[id]
  return (
    vm?.memoryMib ?? (vm?.size === undefined ? undefined : topology.sizes?.[vm.size]?.memoryMib)
  )
}

const mib = (value: number) => formatQuantity(value, 'MiB')

type Installed = { needsOf: AddOnNeeds; suffix: string }

function addInstalled(
  topology: Topology,
  graph: GraphMaker,
  id: string,
  cluster: Cluster,
  { needsOf, suffix }: Installed,
): void {
  const home = `clusters/${id}`
  const parts = [
    ['addOns', 'add-on', cluster.addOns],
    ['charts', 'chart', cluster.charts],
    ['manifests', 'manifest', cluster.manifests],
  ] as const
  const placeOf = (part: string): ThingId[] =>
    parts.flatMap(([key, , map]) => (map?.[part] ? [`${home}/${key}/${part}`] : []))
  for (const [key, kind, map] of parts) {
    for (const [part, each] of Object.entries(map ?? {})) {
      if (each.enabled === false) continue
      const thing = `${home}/${key}/${part}`
      graph.add(thing, kind, `${part}${suffix}`)
      graph.need(thing, {
        of: [home],
        atLeast: 1,
        else: 'stops',
        why: (gone) => `runs in ${listed(gone)}`,
      })
      const needs = [...needsOf(part), ...('needs' in each ? (each.needs ?? []) : [])]
      for (const places of needs.map(placeOf)) {
        if (places.length === 0) continue
        const why = (gone: readonly string[]) => `does not work without ${listed(gone)}`
        graph.need(thing, { of: places, atLeast: 1, else: 'stops', why })
      }
      if (key === 'addOns') SPECIAL[part]?.(topology, graph, id, cluster)
    }
  }
}

type Special = (topology: Topology, graph: GraphMaker, id: string, cluster: Cluster) => void

/** Add-ons that stand on more than nodes. */
const SPECIAL: Record<string, Special> = {
  longhorn(topology, graph, id, cluster) {
    const workers = longhornWorkers(topology, cluster)
    const copies = longhornCopies(topology, cluster)
    graph.need(`clusters/${id}/addOns/longhorn`, {
      of: vmThings(workers),
      atLeast: 1,
      else: 'stops',
      why: () => 'has no node with a disk left',
      spare: (gone, left) =>
        copies > 1
          ? left >= copies
            ? `has lost the copies on ${listed(gone)} and makes them anew elsewhere, ${copies} of each volume`
            : `has lost the copies on ${listed(gone)} and has ${left} of ${copies} of each volume until they are back`
          : `keeps one copy of each volume; those on ${listed(gone)} are gone with it`,
    })
  },
  metallb(topology, graph, id, cluster) {
    const pool =
      cluster.addOns?.metallb?.pool ??
      Object.entries(topology.pools ?? {}).find(([, { purpose }]) => purpose === 'metallb')?.[0]
    const network = pool === undefined ? undefined : topology.pools?.[pool]?.network
    if (network === undefined) return
    graph.need(`clusters/${id}/addOns/metallb`, {
      of: [`networks/${network}`],
      atLeast: 1,
      else: 'stops',
      cuts: true,
      why: (gone) => `hands out addresses of ${listed(gone)}`,
    })
  },
  'nfs-subdir-external-provisioner'(topology, graph, id, cluster) {
    if (cluster.nfs === undefined) return
    const thing = `clusters/${id}/addOns/nfs-subdir-external-provisioner`
    const mounts = (gone: readonly string[]) => `mounts from ${listed(gone)}; its pods hang`
    graph.need(thing, { of: [`vms/${cluster.nfs}`], atLeast: 1, else: 'stops', why: mounts })
    const network = nfsNetwork(topology, cluster)
    if (network === null) return
    graph.need(thing, {
      of: [`networks/${network}`],
      atLeast: 1,
      else: 'stops',
      cuts: true,
      why: (gone) => `mounts over ${listed(gone)}; its pods hang`,
    })
  },
  velero(topology, graph, id) {
    const backups = Object.entries(topology.services ?? {}).filter(
      ([, each]) => each.kind === 'backup',
    )
    const service = backups.find(([, { url }]) => url !== undefined) ?? backups[0]
    if (!service) return
    graph.need(`clusters/${id}/addOns/velero`, {
      of: [`services/${service[0]}`],
      atLeast: 1,
      else: 'degrades',
      why: (gone) => `has nowhere to write to without ${listed(gone)}`,
    })
  },
}

/** Workers that keep volumes: those with a Longhorn disk, or all where none has one. */
export function longhornWorkers(topology: Topology, { workers }: Cluster): string[] {
  const known = workers.filter((vm) => topology.vms?.[vm])
  const own = known.filter((vm) =>
    disksOf(topology.vms![vm]!).some(([, disk]) => disk.use === 'longhorn'),
  )
  return own.length > 0 ? own : known
}

/** Copies of each volume: what the document asks for, else one per disk that fails apart, at most 3. */
export function longhornCopies(topology: Topology, cluster: Cluster): number {
  const asked = cluster.addOns?.longhorn?.replicas
  const workers = cluster.workers.filter((vm) => topology.vms?.[vm])
  return asked ?? Math.max(1, Math.min(3, failureDomains(topology, workers).length, workers.length))
}

/** The network that nodes mount the NFS export over: one that they all share with it, beside their own if there is one. */
export function nfsNetwork(topology: Topology, cluster: Cluster): string | null {
  const nicsOf = (id: string | undefined) =>
    Object.values((id === undefined ? undefined : topology.vms?.[id]?.nics) ?? {}).map(
      ({ network }) => network,
    )
  const own = nicsOf(cluster.controlPlanes[0])[0]
  const offered = nicsOf(cluster.nfs)
  const beside = offered.find(
    (network) =>
      network !== own &&
      cluster.workers.length > 0 &&
      cluster.workers.every((vm) => nicsOf(vm).includes(network)),
  )
  return beside ?? offered[0] ?? null
}
