import { API_SERVER_PORT } from '@/lib/topology/defaults'
import type { ResolvedVm } from '@/lib/topology/resolve'
import type { Cluster, Topology } from '@/lib/topology/topology'
import { type RuleParts, type RuleSpec, ruleOf, sources } from './rule'

/** What members of a cluster say to each other: who begins, and on what. */
type Flow = { why: string; from: readonly string[] } & Pick<RuleParts, 'protocol' | 'port'>

/**
 * The rules that a VM needs as a member of clusters, so that no policy cuts a cluster in two. Ports:
 * kubernetes.io ports-and-protocols, docs.k3s.io requirements (flannel 8472), Calico's and MetalLB's
 * requirements pages, VRRP (RFC 5798), NFSv4 (RFC 7530).
 */
export function nodeRules(
  topology: Topology,
  vms: readonly ResolvedVm[],
  { id }: Pick<ResolvedVm, 'id'>,
  owner: string,
): RuleSpec[] {
  const addresses = addressesOf(vms)
  return Object.entries(topology.clusters ?? {}).flatMap(([name, cluster]) =>
    flowsTo(id, cluster, addresses).flatMap(({ why, from, protocol, port }) =>
      sources(from).map((source) =>
        ruleOf(owner, `${why} of ${name}`, {
          ...{ action: 'ACCEPT', source, protocol: protocol ?? null, port: port ?? null },
        }),
      ),
    ),
  )
}

const addressesOf =
  (vms: readonly ResolvedVm[]) =>
  (ids: readonly string[]): string[] =>
    vms
      .filter((vm) => ids.includes(vm.id))
      .flatMap(({ nics }) => nics.flatMap(({ address }) => address ?? []))

/** What reaches one VM, by its parts in the cluster; nothing where it has none. */
function flowsTo(
  id: string,
  cluster: Cluster,
  addresses: (ids: readonly string[]) => string[],
): Flow[] {
  const { controlPlanes, workers, loadBalancers = [] } = cluster
  const nodes = [...controlPlanes, ...workers]
  const [fromNodes, fromMasters] = [addresses(nodes), addresses(controlPlanes)]
  const fromFronts = addresses(loadBalancers)
  const tcp = (port: string) => ({ protocol: 'tcp', port })
  const flows: Flow[] = []
  const api = String(cluster.endpoint?.port ?? API_SERVER_PORT)
  if (controlPlanes.includes(id)) {
    flows.push(
      { why: 'etcd', from: fromMasters, ...tcp('2379:2380') },
      { why: 'the API', from: [...fromNodes, ...fromFronts], ...tcp(String(API_SERVER_PORT)) },
    )
  }
  if (loadBalancers.includes(id)) flows.push({ why: 'the API', from: fromNodes, ...tcp(api) })
  if (nodes.includes(id)) flows.push(...betweenNodes(cluster, fromNodes))
  if (cluster.nfs === id) flows.push({ why: 'NFS', from: addresses(workers), ...tcp('2049') })
  const floats = loadBalancers.length > 0 ? loadBalancers : controlPlanes
  if (cluster.endpoint?.floating === 'keepalived' && floats.includes(id))
    flows.push({ why: 'VRRP', from: addresses(floats), protocol: 'vrrp' })
  return flows
}

const isOn = (addOn: { enabled?: boolean | undefined } | undefined): boolean =>
  addOn !== undefined && addOn.enabled !== false

function betweenNodes(cluster: Cluster, from: readonly string[]): Flow[] {
  const flow = (why: string, protocol: string, port?: string): Flow => ({
    ...{ why, from, protocol },
    ...(port === undefined ? {} : { port }),
  })
  const flannel = cluster.distribution === 'k3s' && cluster.cni === undefined
  const routed = cluster.cni?.encapsulation === 'none'
  return [
    flow('the kubelet', 'tcp', '10250'),
    ...(flannel ? [flow('traffic between pods', 'udp', '8472')] : []),
    ...(!flannel && !routed ? [flow('traffic between pods (VXLAN)', 'udp', '4789')] : []),
    ...(!flannel && !routed ? [flow('traffic between pods (IPIP)', 'ipencap')] : []),
    ...(routed ? [flow('routes between pods (BGP)', 'tcp', '179')] : []),
    // Their packets are not wrapped: nodes hand on what comes from a pod's own address.
    ...(routed ? [{ why: 'traffic between pods', from: [cluster.podCidr] }] : []),
    ...(flannel ? [] : [flow('Typha', 'tcp', '5473')]),
    ...(isOn(cluster.addOns?.metallb)
      ? [flow("MetalLB's election", 'tcp', '7946'), flow("MetalLB's election", 'udp', '7946')]
      : []),
  ]
}

/** Ranges of addresses that a VM may announce beside its own, as a member of clusters. */
export type Announced = { what: string; from: string; to: string }

/** MetalLB's pool on every node, and an endpoint that floats among those that carry it. */
export function announcedBy(topology: Topology, id: string): Announced[] {
  return Object.entries(topology.clusters ?? {}).flatMap(([name, cluster]): Announced[] => {
    const { controlPlanes, workers, loadBalancers = [], endpoint, addOns } = cluster
    const found: Announced[] = []
    const metallb = addOns?.metallb
    if (isOn(metallb) && [...controlPlanes, ...workers].includes(id))
      for (const pool of poolsOf(topology, metallb?.pool))
        found.push({ what: `MetalLB of ${name}`, from: pool.from, to: pool.to })
    const floats = loadBalancers.length > 0 ? loadBalancers : controlPlanes
    if (endpoint?.floating && endpoint.address && floats.includes(id))
      found.push({ what: `the endpoint of ${name}`, from: endpoint.address, to: endpoint.address })
    return found
  })
}

const poolsOf = ({ pools = {} }: Topology, named: string | undefined) =>
  named === undefined
    ? Object.values(pools).filter(({ purpose }) => purpose === 'metallb')
    : [pools[named] ?? []].flat()
