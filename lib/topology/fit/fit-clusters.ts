import { type Cidr, formatCidr, intersection, parseCidr } from '../ipv4'
import { type Fitting, put } from './fitting'

/** Ranges for pods and services, after what kubeadm's documentation and Kubernetes' examples use. */
const ROOTS = [
  '10.244.0.0/14',
  '10.96.0.0/11',
  '172.20.0.0/14',
  '100.64.0.0/10',
  '10.128.0.0/9',
  '192.168.0.0/16',
]

/** Pods and services of each cluster apart from every network of the house. */
export function fitClusters(fitting: Fitting): void {
  const ids = Object.keys(fitting.topology.clusters ?? {})
  for (const id of ids) {
    for (const field of ['podCidr', 'serviceCidr'] as const) moveApart(fitting, id, field)
  }
}

function moveApart(fitting: Fitting, id: string, field: 'podCidr' | 'serviceCidr'): void {
  const cluster = fitting.topology.clusters?.[id]
  const own = cluster ? parseCidr(cluster[field]) : null
  if (!cluster || !own) return
  const networks = Object.values(fitting.topology.networks ?? {}).flatMap(
    ({ cidr }) => parseCidr(cidr) ?? [],
  )
  const pods = field === 'serviceCidr' ? parseCidr(cluster.podCidr) : null
  const rivals = [...networks, ...(pods ? [pods] : [])]
  if (rivals.every((rival) => intersection(rival, own) === null)) return
  const others = Object.values(fitting.topology.clusters ?? {}).flatMap(
    (each) => parseCidr(each.podCidr) ?? [],
  )
  const free = freeIn(Math.max(own.prefix, 16), [...rivals, ...others])
  if (!free) {
    fitting.unmet.push({
      code: 'fit.no-cluster-range',
      message: `${cluster[field]} of ${id} lies over a network of the house and no range of its size is free - write another one in the document.`,
    })
    return
  }
  put(fitting, ['clusters', id, field], formatCidr(free))
  fitting.took.push(
    `${field} of ${id}: ${cluster[field]}, which a network of the house has; now ${formatCidr(free)}.`,
  )
}

function freeIn(prefix: number, rivals: readonly Cidr[]): Cidr | null {
  const step = 2 ** (32 - prefix)
  for (const root of ROOTS) {
    const within = parseCidr(root)!
    for (let first = within.first; first + step - 1 <= within.last; first += step) {
      const range = { first, last: first + step - 1, prefix, hostBits: false }
      if (rivals.every((rival) => intersection(rival, range) === null)) return range
    }
  }
  return null
}
