import { parseIpv4 } from '../ipv4'
import type { Problem } from '../problem'
import { blocker, fixTo, warning } from './rule'
import type { Survey } from './survey'

/** Names that mean something else to a resolver, to Proxmox or to a cluster. */
const RESERVED: ReadonlyMap<string, string> = new Map([
  ['localhost', 'every machine answers to it itself (RFC 6761)'],
  ['broadcasthost', 'it stands for 255.255.255.255'],
  ['ip6-localhost', 'every machine answers to it itself'],
  ['ip6-loopback', 'every machine answers to it itself'],
  ['kubernetes', 'inside the cluster it is the API server'],
  ['invalid', 'no resolver may answer it (RFC 6761)'],
  ['wpad', 'browsers ask it for a proxy'],
])

/** The Linux kernel's limit for a host name (HOST_NAME_MAX); kubeadm takes the node's name from it. */
const LONGEST_HOST_NAME = 63

/** `name.reserved`, `name.too-long`, `name.digits`: names that DNS, Linux or Kubernetes take for something else. */
export function namesMeanOneThing({ hosts, vms, networkById }: Survey): Problem[] {
  const machines = [
    ...hosts.map(([id, host]) => ({ path: ['hosts', id], id, own: host.name, domain: undefined })),
    ...vms.map(({ id, vm }) => {
      const [nic] = Object.values(vm.nics ?? {})
      const domain = nic === undefined ? undefined : networkById.get(nic.network)?.network.domain
      return { path: ['vms', id], id, own: vm.name, domain }
    }),
  ]
  return machines.flatMap(({ path, id, own, domain }) => {
    const name = own ?? id
    const at = own === undefined ? path : [...path, 'name']
    const why = RESERVED.get(name)
    const fix =
      own === undefined || own === id ? null : fixTo('Use its id as name', { path: at, from: own })
    if (why !== undefined) {
      return [
        blocker(
          'name.reserved',
          at,
          `The name ${name} of ${path.join('.')} is taken: ${why} - nobody would reach the machine by it. Give it another.`,
          fix,
        ),
      ]
    }
    if (/^\d+$/.test(name)) {
      return [
        blocker(
          'name.digits',
          at,
          `The name ${name} of ${path.join('.')} is a number - programs take it for an address (inet_aton reads "${name}"). Give it a letter.`,
          fix,
        ),
      ]
    }
    const full = domain === undefined ? name : `${name}.${domain}`
    if (name.length <= LONGEST_HOST_NAME && full.length <= 253) return []
    return [
      blocker(
        'name.too-long',
        at,
        `${full} has ${full.length} characters - DNS ends at 253. Shorten the name or the domain.`,
      ),
    ]
  })
}

/** Namespaces that Kubernetes keeps for itself. */
const KUBE = /^(kube-(system|public|node-lease)|default)$/

/** `name.mdns`, `cluster.endpoint-name`, `name.namespace`: names that are looked up elsewhere than in DNS, or belong to Kubernetes. */
export function namesAreLookedUp({ networks, clusters }: Survey): Problem[] {
  const domains = [
    ...networks.map(({ id, network }) => ({
      path: ['networks', id, 'domain'],
      name: network.domain,
    })),
    ...clusters.map(([id, { endpoint }]) => ({
      path: ['clusters', id, 'endpoint', 'name'],
      name: endpoint?.name,
    })),
  ]
  const mdns = domains.flatMap(({ path, name }) =>
    name !== undefined && (name === 'local' || name.endsWith('.local'))
      ? [
          warning(
            'name.mdns',
            path,
            `${name} ends in .local, which belongs to multicast DNS (RFC 6762) - many systems never ask a server for it, and names fail by machine. Use home.arpa (RFC 8375) or a domain of your own.`,
          ),
        ]
      : [],
  )
  const endpoints = clusters.flatMap(([id, { endpoint }]) => {
    if (endpoint === undefined) return []
    const path = ['clusters', id, 'endpoint', 'name']
    if (parseIpv4(endpoint.name) !== null) {
      return [
        warning(
          'cluster.endpoint-name',
          path,
          `The endpoint of ${id} is named by an address (${endpoint.name}) - certificates carry it, so that a later load balancer or floating address means new certificates everywhere. Use a name, and the address beside it.`,
        ),
      ]
    }
    if (endpoint.name.includes('.')) return []
    return [
      warning(
        'cluster.endpoint-name',
        path,
        `The endpoint of ${id} is the single word ${endpoint.name} - resolvers add their own search domain, so that it means something else on every machine. Write it with a domain, such as ${endpoint.name}.home.arpa.`,
      ),
    ]
  })
  const namespaces = clusters.flatMap(([id, { charts }]) =>
    Object.entries(charts ?? {}).flatMap(([chart, { namespace }]) =>
      KUBE.test(namespace) && namespace !== 'default'
        ? [
            warning(
              'name.namespace',
              ['clusters', id, 'charts', chart, 'namespace'],
              `Chart ${chart} would be installed into ${namespace}, which belongs to Kubernetes itself - an upgrade or a clean-up there takes it along. Give it a namespace of its own.`,
              fixTo(`Use ${chart}`, {
                path: ['clusters', id, 'charts', chart, 'namespace'],
                from: namespace,
                to: chart,
              }),
            ),
          ]
        : [],
    ),
  )
  return [...mdns, ...endpoints, ...namespaces]
}
