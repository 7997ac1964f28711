import { API_SERVER_PORT } from '../defaults'
import { domainsOf, hostDomainsOf } from '../failure-domains'
import { formatCidr, formatRange, intersection, parseCidr } from '../ipv4'
import type { Problem } from '../problem'
import type { Cluster, VmRole } from '../topology'
import { blocker, count, duplicates, fixTo, note, warning } from './rule'
import type { Survey } from './survey'

const MEMBERS = [
  ['controlPlanes', 'control-plane'],
  ['workers', 'worker'],
  ['loadBalancers', 'load-balancer'],
] as const

type Member = { cluster: string; field: string; wants: VmRole; vm: string; path: string[] }

const membersOf = ([id, cluster]: [string, Cluster]): Member[] => [
  ...MEMBERS.flatMap(([field, wants]) =>
    (cluster[field] ?? []).map((vm, i) => ({
      cluster: id,
      field,
      wants,
      vm,
      path: ['clusters', id, field, String(i)],
    })),
  ),
  ...(cluster.nfs === undefined
    ? []
    : [
        {
          cluster: id,
          field: 'nfs',
          wants: 'nfs' as const,
          vm: cluster.nfs,
          path: ['clusters', id, 'nfs'],
        },
      ]),
]

/** `cluster.node-role-mismatch`, `cluster.node-twice`, `cluster.machine-shared`: who is in a cluster, and as what. */
export function membersFit({ clusters, vmById }: Survey): Problem[] {
  const members = clusters.flatMap(membersOf)
  const wrong = members.flatMap(({ cluster, field, wants, vm, path }) => {
    const found = vmById.get(vm)
    if (!found || found.vm.role === wants) return []
    return [
      blocker(
        'cluster.node-role-mismatch',
        path,
        `${vm} is among the ${field} of ${cluster} and has the role ${found.vm.role} - it would be set up as something else. Give it the role ${wants}.`,
        fixTo(`Make ${vm} a ${wants}`, {
          path: ['vms', vm, 'role'],
          from: found.vm.role,
          to: wants,
        }),
      ),
    ]
  })
  const nodes = members.filter(({ field }) => field === 'controlPlanes' || field === 'workers')
  const twice = duplicates(nodes, ({ vm }) => vm).flatMap(([vm, [first, ...others]]) =>
    others.map(({ path }) =>
      blocker(
        'cluster.node-twice',
        path,
        `${vm} is already among the ${first!.field} of ${first!.cluster} - a machine is one node of one cluster. Remove it from one.`,
      ),
    ),
  )
  const servers = members.filter(({ field }) => field === 'loadBalancers' || field === 'nfs')
  const shared = duplicates(servers, ({ vm, field }) => `${field} ${vm}`).flatMap(
    ([, [first, ...others]]) =>
      others
        .filter(({ cluster }) => cluster !== first!.cluster)
        .map(({ cluster, vm, path, field }) =>
          blocker(
            'cluster.machine-shared',
            path,
            `${vm} serves ${first!.cluster} already, and ${cluster} as well - the panel writes ${field === 'nfs' ? "a server's exports" : "a load balancer's configuration"} for one cluster, so that one would take it from the other. Give ${cluster} a machine of its own.`,
          ),
        ),
  )
  return [...wrong, ...twice, ...shared]
}

/** `cluster.node-unused`: a VM with a node's role that no cluster names. */
export function nodesHaveACluster({ clusters, vms }: Survey): Problem[] {
  const named = new Set(clusters.flatMap(membersOf).map(({ vm }) => vm))
  const [only, ...more] = clusters
  return vms.flatMap(({ id, vm }) => {
    const field = MEMBERS.find(([, role]) => role === vm.role)?.[0]
    if (!field || named.has(id)) return []
    // One more worker of Longhorn needs a disk for it first.
    const bare =
      field === 'workers' &&
      only?.[1].addOns?.longhorn &&
      only[1].addOns.longhorn.enabled !== false &&
      !Object.values(vm.disks ?? {}).some(({ use }) => use === 'longhorn')
    const list = only && more.length === 0 && !bare ? (only[1][field] ?? []) : null
    const fix =
      list && only
        ? fixTo(`Add to ${only[0]}`, {
            path: ['clusters', only[0], field],
            from: [...list],
            to: [...list, id],
          })
        : null
    return [
      warning(
        'cluster.node-unused',
        ['vms', id, 'role'],
        `${id} has the role ${vm.role} and no cluster names it - it would run and do nothing. Add it to a cluster or make it a plain VM.`,
        fix,
      ),
    ]
  })
}

/** `cluster.no-control-plane`, `cluster.even-control-planes`, `cluster.no-load-balancer`, `cluster.no-worker`. */
export function membersAreEnough({ clusters }: Survey): Problem[] {
  return clusters.flatMap(([id, cluster]) => {
    const { controlPlanes, workers, loadBalancers, endpoint } = cluster
    const problems: Problem[] = []
    const n = controlPlanes.length
    if (n === 0) {
      problems.push(
        blocker(
          'cluster.no-control-plane',
          ['clusters', id, 'controlPlanes'],
          `${id} has no control plane - there is no cluster without one. Name a VM.`,
        ),
      )
    } else if (n % 2 === 0) {
      problems.push(
        warning(
          'cluster.even-control-planes',
          ['clusters', id, 'controlPlanes'],
          `${id} has ${n} control planes, of which etcd needs ${n / 2 + 1} - ${n} survive no more failures than ${n - 1}. Have ${n - 1} or ${n + 1}.`,
        ),
      )
    }
    if (n > 1 && (loadBalancers ?? []).length === 0) {
      problems.push(
        warning(
          'cluster.no-load-balancer',
          ['clusters', id, 'loadBalancers'],
          `${id} has ${n} control planes and no load balancer - all talk to ${endpoint?.address ?? 'the first'} on port ${endpoint?.port ?? API_SERVER_PORT}, and with it the API is gone. Add a load balancer.`,
        ),
      )
    }
    // Servers of k3s take pods where nobody else does.
    if (workers.length === 0 && cluster.distribution !== 'k3s') {
      problems.push(
        warning(
          'cluster.no-worker',
          ['clusters', id, 'workers'],
          `${id} has no workers - control planes carry a taint, so nothing of yours would run. Add a worker.`,
        ),
      )
    }
    return problems
  })
}

/** `cluster.node-too-small`: kubeadm's own preflight; k3s has none. Source: kubeadm constants, 2 CPUs and 1,700 MB. */
export function controlPlanesAreBigEnough({ clusters, vmById }: Survey): Problem[] {
  return clusters.flatMap(([, { controlPlanes, distribution }]) =>
    controlPlanes.flatMap((id) => {
      const vm = vmById.get(id)
      if (!vm || distribution === 'k3s' || ((vm.cpus ?? 2) >= 2 && (vm.memoryMib ?? 2048) >= 1700))
        return []
      return [
        blocker(
          'cluster.node-too-small',
          ['vms', id, 'size'],
          `${id} has ${vm.cpus} vCPUs and ${vm.memoryMib} MiB - kubeadm refuses a control plane below 2 vCPUs and 1,700 MiB. Take a larger size.`,
        ),
      ]
    }),
  )
}

/** `cluster.cidr-overlap`, `cluster.service-cidr-size`, `cluster.pod-cidr-size`: the cluster's own networks. */
export function cidrsFit({ clusters, networks }: Survey): Problem[] {
  return clusters.flatMap(([id, cluster]) => {
    const problems: Problem[] = []
    const pods = parseCidr(cluster.podCidr)
    const services = parseCidr(cluster.serviceCidr)
    const others = networks.flatMap((each) =>
      each.block ? [{ name: each.id, block: each.block }] : [],
    )
    for (const [field, block, rivals] of [
      ['podCidr', pods, others],
      ['serviceCidr', services, [...others, ...(pods ? [{ name: 'the pods', block: pods }] : [])]],
    ] as const) {
      if (!block) continue
      if (block.hostBits) {
        const path = ['clusters', id, field]
        problems.push(
          blocker(
            'network.host-bits',
            path,
            `${cluster[field]} is an address inside of ${formatCidr(block)} - kubeadm refuses it. Write the network.`,
            fixTo(`Use ${formatCidr(block)}`, {
              path,
              from: cluster[field],
              to: formatCidr(block),
            }),
          ),
        )
      }
      for (const rival of rivals) {
        const shared = intersection(block, rival.block)
        if (!shared) continue
        problems.push(
          blocker(
            'cluster.cidr-overlap',
            ['clusters', id, field],
            `${formatCidr(block)} of ${id} shares ${formatRange(shared)} with ${rival.name} (${formatCidr(rival.block)}) - packets for one would end in the other. Give one another range.`,
          ),
        )
      }
    }
    return problems.concat(sizesFit(id, cluster))
  })
}

function sizesFit(id: string, cluster: Cluster): Problem[] {
  const problems: Problem[] = []
  const services = parseCidr(cluster.serviceCidr)
  const pods = parseCidr(cluster.podCidr)
  if (services && (services.prefix < 12 || services.prefix > 28)) {
    problems.push(
      blocker(
        'cluster.service-cidr-size',
        ['clusters', id, 'serviceCidr'],
        `${cluster.serviceCidr} is a /${services.prefix} - the API server takes service networks from /12 to /28. Use /16.`,
      ),
    )
  }
  const nodes = cluster.controlPlanes.length + cluster.workers.length
  // Every node is given a /24 of the pod network (kube-controller-manager's default).
  const room = pods && pods.prefix <= 24 ? 2 ** (24 - pods.prefix) : 0
  if (pods && room < nodes) {
    problems.push(
      blocker(
        'cluster.pod-cidr-size',
        ['clusters', id, 'podCidr'],
        `${cluster.podCidr} has room for ${count(room, 'node')} of a /24 each and ${id} has ${nodes} - the last would stay without pods. Use a /16.`,
      ),
    )
  }
  return problems
}

/** `cluster.host-failures`, `cluster.one-storage`: how many failures of a host the control plane survives. */
export function quorumIsTold({ clusters, topology }: Survey): Problem[] {
  return clusters.flatMap(([id, { controlPlanes }]) => {
    const n = controlPlanes.length
    if (n < 2) return []
    const quorum = Math.floor(n / 2) + 1
    const problems: Problem[] = []
    const domains = hostDomainsOf(topology, controlPlanes)
    const survived = failuresSurvived(domains, quorum)
    if (new Set(domains).size < n && survived < Math.max(1, n - quorum)) {
      problems.push(
        note(
          'cluster.host-failures',
          ['clusters', id, 'controlPlanes'],
          `${survivalWords(topology, controlPlanes, domains, survived)} - ${
            survived === 0
              ? 'they buy upgrades without downtime, not safety from a broken host'
              : `each on a host of its own, they would survive ${n - quorum}`
          }.`,
        ),
      )
    }
    const [most] = groupsOf(domainsOf(topology, controlPlanes).filter((each) => each.includes(':')))
    if (most && n - most[1] < quorum && new Set(domains).size > 1) {
      problems.push(
        note(
          'cluster.one-storage',
          ['clusters', id, 'controlPlanes'],
          `${most[1]} of ${n} control planes of ${id} have their disks on ${most[0].split(':')[1]}, which is one place for all hosts - when it does not answer, etcd has no quorum whatever the hosts do. Put them on disks of their hosts.`,
        ),
      )
    }
    return problems
  })
}

/** "3 control planes on 1 host survive 0 host failures". */
function survivalWords(
  topology: Survey['topology'],
  ids: readonly string[],
  domains: readonly string[],
  survived: number,
): string {
  const apart = new Set(domains).size
  const hosts = new Set(ids.map((id) => topology.vms?.[id]?.host ?? `?${id}`)).size
  const planes = count(ids.length, 'control plane')
  return hosts === apart
    ? `${planes} on ${count(hosts, 'host')} survive ${count(survived, 'host failure')}`
    : `${planes} on ${count(hosts, 'host')} in ${count(apart, 'failure domain')} survive ${count(survived, 'failure')} of a domain`
}

/** Each value with how often it is there, the most frequent first. */
function groupsOf(values: readonly string[]): [value: string, times: number][] {
  const groups = new Map<string, number>()
  for (const value of values) groups.set(value, (groups.get(value) ?? 0) + 1)
  return [...groups].sort((a, b) => b[1] - a[1])
}

/** Domains that may fail, the fullest first, before fewer than `quorum` members are left. */
function failuresSurvived(domains: readonly string[], quorum: number): number {
  let left = domains.length
  let failures = 0
  for (const [, size] of groupsOf(domains)) {
    left -= size
    if (left < quorum) break
    failures++
  }
  return failures
}
