import { contains, parseIpv4 } from '../ipv4'
import type { Problem } from '../problem'
import type { Cluster } from '../topology'
import { fixTo, listed, note, warning } from './rule'
import type { Survey } from './survey'

/** The VMs that stand in front of the API servers: the load balancers, else the control planes. */
const frontOf = ({ loadBalancers = [], controlPlanes }: Cluster): readonly string[] =>
  loadBalancers.length > 0 ? loadBalancers : controlPlanes

/** `cluster.endpoint-elsewhere`: the endpoint is at an address that nobody has. */
export function endpointsAreServed({ clusters, vmById }: Survey): Problem[] {
  return clusters.flatMap(([id, cluster]) => {
    const { endpoint } = cluster
    if (endpoint?.address === undefined || endpoint.floating !== undefined) return []
    const front = frontOf(cluster)
    const addresses = front.flatMap((vm) =>
      Object.values(vmById.get(vm)?.vm.nics ?? {}).map(({ address }) => address),
    )
    if (addresses.includes(endpoint.address) || addresses.includes(undefined) || front.length === 0)
      return []
    const path = ['clusters', id, 'endpoint', 'address']
    return [
      warning(
        'cluster.endpoint-elsewhere',
        path,
        `The endpoint of ${id} is ${endpoint.address}, which none of ${listed(front)} has - joins wait for an API server that is not there, unless something else answers. Use the load balancer's address, or write what moves it between them (floating).`,
        fixTo('Use the load balancer', { path, from: endpoint.address }),
      ),
    ]
  })
}

/**
 * `cluster.endpoint-not-shared`, `cluster.endpoint-alone`: a floating address moves by VRRP or ARP,
 * so that all who may have it need a NIC in its network, and one alone gains nothing. Source: RFC
 * 5798 section 1.1 (VRRP), kube-vip.io/docs (ARP mode).
 */
export function endpointsFloat({ clusters, vmById, networks }: Survey): Problem[] {
  return clusters.flatMap(([id, cluster]) => {
    const { endpoint } = cluster
    if (endpoint?.floating === undefined) return []
    const path = ['clusters', id, 'endpoint', 'floating']
    const front = frontOf(cluster)
    const address = endpoint.address === undefined ? null : parseIpv4(endpoint.address)
    if (address === null) {
      return [
        warning(
          'cluster.endpoint-not-shared',
          path,
          `The endpoint of ${id} floats by ${endpoint.floating} and names no address - nothing could move, and the first load balancer or control plane is dialled. Write an address that no machine has.`,
        ),
      ]
    }
    const home = networks.find(({ block }) => block && contains(block, address))
    const without = front.filter(
      (vm) =>
        !Object.values(vmById.get(vm)?.vm.nics ?? {}).some(({ network }) => network === home?.id),
    )
    if (!home || without.length > 0) {
      const why = home
        ? `${listed(without)} ${without.length === 1 ? 'has' : 'have'} no NIC in ${home.id}, where it lies`
        : 'it lies in no network of the document'
      return [
        warning(
          'cluster.endpoint-not-shared',
          path,
          `The endpoint of ${id} floats at ${endpoint.address}, and ${why} - an address moves only between machines of one network. Use an address of their network.`,
        ),
      ]
    }
    if (front.length !== 1) return []
    return [
      note(
        'cluster.endpoint-alone',
        path,
        `The endpoint of ${id} floats and ${front[0]} alone may have it - it moves nowhere when that VM dies. Add a load balancer or control plane, on another host.`,
      ),
    ]
  })
}
