import { API_SERVER_PORT } from '../defaults'
import type { Problem } from '../problem'
import type { Cluster, Policy } from '../topology'
import { blocker, listed, note, warning } from './rule'
import type { Survey } from './survey'

type Range = { protocol: 'tcp' | 'udp'; first: number; last: number }

/** The port ranges that a policy is about; null for everything. `icmp` is no range. */
function rangesOf({ ports }: Policy): Range[] | null {
  if (!ports || ports.length === 0 || ports.includes('any')) return null
  return ports.flatMap((text) => {
    const match = /^(tcp|udp)\/(\d+)(?:-(\d+))?$/.exec(text)
    if (!match) return []
    const first = Number(match[2])
    return [{ protocol: match[1] as Range['protocol'], first, last: Number(match[3] ?? first) }]
  })
}

/** `policy.port-range`, `policy.contradiction`: a policy by itself, and two about the same. */
export function policiesAreSound({ topology }: Survey): Problem[] {
  const policies = Object.entries(topology.policies ?? {})
  const ranges = policies.flatMap(([id, policy]) =>
    (policy.ports ?? []).flatMap((text) => {
      const numbers = (/\/(.*)$/.exec(text)?.[1] ?? '').split('-').filter(Boolean).map(Number)
      const [first, last = first] = numbers
      if (first === undefined || (first >= 1 && last! <= 65_535 && first <= last!)) return []
      return [
        blocker(
          'policy.port-range',
          ['policies', id, 'ports'],
          `${text} of policy ${id} is no range of ports - they go from 1 to 65535, the lower first. Correct it.`,
        ),
      ]
    }),
  )
  const first = new Map<string, [string, Policy]>()
  const contradictions = policies.flatMap(([id, policy]) => {
    const about = (ids: readonly string[] | undefined) => (ids ? [...ids].sort().join(' ') : '*')
    const key = [
      about(policy.from),
      about(policy.to),
      about(policy.vms),
      String(policy.internet ?? false),
      about(policy.ports?.length ? policy.ports : undefined),
    ].join('|')
    const other = first.get(key)
    if (!other) first.set(key, [id, policy])
    if (!other || other[1].action === policy.action) return []
    return [
      warning(
        'policy.contradiction',
        ['policies', id, 'action'],
        `Policy ${id} ${policy.action === 'allow' ? 'allows' : 'denies'} exactly what ${other[0]} ${other[1].action === 'allow' ? 'allows' : 'denies'} - which of them counts would depend on their order. Remove one.`,
      ),
    ]
  })
  return [...ranges, ...contradictions]
}

/** Traffic that something cannot do without. */
type Flow = {
  what: string
  from: { who: string; network: string }
  to: { who: string; network: string; vm: string | null }
  range: Range
}

const tcp = (first: number, last = first): Range => ({ protocol: 'tcp', first, last })
const udp = (first: number): Range => ({ protocol: 'udp', first, last: first })
const portsOf = ({ protocol, first, last }: Range) =>
  `${protocol}/${first === last ? first : `${first}-${last}`}`

/** Whether a policy is about the flow. */
function concerns(policy: Policy, flow: Flow): boolean {
  if (policy.internet && !policy.to) return false
  if (policy.from && !policy.from.includes(flow.from.network)) return false
  if (policy.to && !policy.to.includes(flow.to.network)) return false
  if (policy.vms && (flow.to.vm === null || !policy.vms.includes(flow.to.vm))) return false
  const ranges = rangesOf(policy)
  return (
    ranges === null ||
    ranges.some(
      ({ protocol, first, last }) =>
        protocol === flow.range.protocol && first <= flow.range.last && last >= flow.range.first,
    )
  )
}

/** How narrow a policy is: the narrower one counts, as an exception from the wider. */
const narrowness = ({ from, to, vms, ports }: Policy): number =>
  (from ? 1 : 0) + (to ? 1 : 0) + (vms ? 2 : 0) + (ports?.length && !ports.includes('any') ? 2 : 0)

/**
 * `policy.blocks-cluster`, `policy.blocks-panel`, `policy.blocks-internet`: what a deny takes from
 * something that cannot do without. Ports: kubernetes.io ports-and-protocols, Calico's and MetalLB's
 * requirements pages, NFSv4 (RFC 7530).
 */
export function policiesLeaveWhatIsNeeded(survey: Survey): Problem[] {
  const policies = Object.entries(survey.topology.policies ?? {})
  const denies = policies.filter(([, { action }]) => action === 'deny')
  if (denies.length === 0) return []
  const told = new Set<string>()
  const blocked = [
    ...survey.clusters.flatMap((each) => flowsOf(survey, each)),
    ...panelFlows(survey),
  ]
  return [
    ...blocked.flatMap((flow) => {
      const deny = denies
        .filter(([, policy]) => concerns(policy, flow))
        .toSorted(([, a], [, b]) => narrowness(b) - narrowness(a))[0]
      if (!deny) return []
      const [id, policy] = deny
      const excepted = policies.some(
        ([, each]) =>
          each.action === 'allow' && concerns(each, flow) && narrowness(each) >= narrowness(policy),
      )
      const key = `${id} ${flow.what}`
      if (excepted || told.has(key)) return []
      told.add(key)
      const isPanel = flow.from.who === 'the panel'
      return [
        warning(
          isPanel ? 'policy.blocks-panel' : 'policy.blocks-cluster',
          ['policies', id],
          `Policy ${id} denies ${portsOf(flow.range)} from ${flow.from.who} (${flow.from.network}) to ${flow.to.who} (${flow.to.network}) - ${flow.what} goes that way. Allow it with a narrower policy.`,
        ),
      ]
    }),
    ...internetDenied(survey, denies),
  ]
}

/** What a cluster's machines say to each other. One flow a pair of networks is enough, so the first member stands for all. */
function flowsOf(survey: Survey, [id, cluster]: [string, Cluster]): Flow[] {
  const where = (vm: string) => {
    const nic = Object.values(survey.vmById.get(vm)?.vm.nics ?? {})[0]
    return nic ? [{ who: vm, network: nic.network, vm }] : []
  }
  const controlPlanes = cluster.controlPlanes.flatMap(where)
  const workers = cluster.workers.flatMap(where)
  const nodes = [...controlPlanes, ...workers]
  const fronts = (cluster.loadBalancers ?? []).flatMap(where)
  const flows: Flow[] = []
  const add = (
    what: string,
    from: readonly { who: string; network: string }[],
    to: readonly Flow['to'][],
    range: Range,
  ) => {
    const seen = new Set<string>()
    for (const a of twoOfEach(from)) {
      for (const b of to) {
        const key = `${a.network} ${b.network} ${b.vm}`
        if (a.who === b.who || seen.has(key)) continue
        seen.add(key)
        flows.push({ what: `${what} of ${id}`, from: a, to: b, range })
      }
    }
  }
  const port = cluster.endpoint?.port ?? API_SERVER_PORT
  add('etcd', controlPlanes, controlPlanes, tcp(2379, 2380))
  add('the API', nodes, fronts.length > 0 ? fronts : controlPlanes, tcp(port))
  add('the API behind the load balancer', fronts, controlPlanes, tcp(API_SERVER_PORT))
  add('the kubelet, for logs and metrics', controlPlanes, nodes, tcp(10_250))
  if (cluster.cni?.encapsulation === 'none') add('routes between pods', nodes, nodes, tcp(179))
  else add('traffic between pods', nodes, nodes, udp(4789))
  const metallb = cluster.addOns?.metallb
  if (metallb && metallb.enabled !== false) {
    add("MetalLB's election", nodes, nodes, tcp(7946))
  }
  const nfs = cluster.nfs === undefined ? undefined : survey.vmById.get(cluster.nfs)
  if (nfs && cluster.nfs !== undefined) {
    const networks = Object.values(nfs.vm.nics ?? {}).map(({ network }) => network)
    const mounts = cluster.workers.flatMap((vm) => {
      const own = Object.values(survey.vmById.get(vm)?.vm.nics ?? {}).map(({ network }) => network)
      const shared = networks.find((network) => own.includes(network) && network !== own[0])
      const network = shared ?? own[0]
      const to = shared ?? networks[0]
      return network === undefined || to === undefined ? [] : [{ who: vm, network, to }]
    })
    for (const { who, network, to } of mounts) {
      add(
        'NFS',
        [{ who, network }],
        [{ who: cluster.nfs, network: to, vm: cluster.nfs }],
        tcp(2049),
      )
    }
  }
  return flows
}

/** Two of each network, so that there is one beside the machine itself. */
function twoOfEach<T extends { network: string }>(machines: readonly T[]): T[] {
  const counts = new Map<string, number>()
  return machines.filter(({ network }) => {
    const n = (counts.get(network) ?? 0) + 1
    counts.set(network, n)
    return n <= 2
  })
}

/** The panel's own ways: to Proxmox, and by SSH to what it makes. */
function panelFlows(survey: Survey): Flow[] {
  const panel = survey.hosts.find(([, { role, network }]) => role === 'panel' && network)
  if (!panel) return []
  const from = { who: 'the panel', network: panel[1].network! }
  const seen = new Set<string>()
  const hosts = survey.proxmox.flatMap(({ id, host }): Flow[] =>
    host.network === undefined
      ? []
      : [
          {
            what: `Proxmox's API on ${id}`,
            from,
            to: { who: id, network: host.network, vm: null },
            range: tcp(8006),
          },
        ],
  )
  const vms = survey.vms.flatMap(({ id, vm }): Flow[] => {
    const network = Object.values(vm.nics ?? {})[0]?.network
    // The first VM of each network stands for all.
    if (network === undefined || seen.has(network)) return []
    seen.add(network)
    return [{ what: `SSH to ${network}`, from, to: { who: id, network, vm: id }, range: tcp(22) }]
  })
  return [...hosts, ...vms]
}

/** `policy.blocks-internet`: nodes without packages and images. */
function internetDenied(survey: Survey, denies: readonly [string, Policy][]): Problem[] {
  const nodes = new Map<string, string[]>()
  for (const [, { controlPlanes, workers }] of survey.clusters) {
    for (const vm of [...controlPlanes, ...workers]) {
      const network = Object.values(survey.vmById.get(vm)?.vm.nics ?? {})[0]?.network
      if (network !== undefined) nodes.set(network, [...(nodes.get(network) ?? []), vm])
    }
  }
  return denies.flatMap(([id, policy]) => {
    if (!policy.internet || rangesOf(policy)?.every(({ first, last }) => first > 443 || last < 443))
      return []
    const networks = [...nodes.keys()].filter((each) => !policy.from || policy.from.includes(each))
    const allowed = Object.values(survey.topology.policies ?? {}).some(
      (each) => each.action === 'allow' && each.internet && narrowness(each) > narrowness(policy),
    )
    if (networks.length === 0 || allowed) return []
    return [
      note(
        'policy.blocks-internet',
        ['policies', id, 'internet'],
        `Policy ${id} keeps ${listed(networks)} from the Internet, and ${listed(networks.flatMap((each) => nodes.get(each)!))} get packages and images from there - joins and upgrades wait. Allow tcp/443, or write registry mirrors inside.`,
      ),
    ]
  })
}
