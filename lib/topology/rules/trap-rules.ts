import type { Json } from '../change'
import { atPath } from '../json'
import type { Problem } from '../problem'
import type { AddOn, Cluster } from '../topology'
import { blocker, fixTo, listed, note, warning } from './rule'
import type { Survey } from './survey'

/** The value at a path of an add-on's values. */
const settingOf = (addOn: AddOn, ...path: string[]): Json | undefined =>
  atPath(addOn.values as Json | undefined, path)

const isOn = (addOn: AddOn | undefined): addOn is AddOn =>
  addOn !== undefined && addOn.enabled !== false

const nodesOf = ({ controlPlanes, workers }: Cluster) => [
  ...new Set([...controlPlanes, ...workers]),
]

/**
 * `cluster.nodes-apart`, `addon.istio-ebpf`: Calico and its nodes' NICs (traps
 * T17; istio#54176, calico#8495).
 */
export function calicoFindsItsNodes({ clusters, vmById, networkById }: Survey): Problem[] {
  return clusters.flatMap(([id, cluster]) => {
    const problems: Problem[] = []
    const nodes = nodesOf(cluster).map((vm) => ({
      vm,
      networks: Object.values(vmById.get(vm)?.vm.nics ?? {}).map(({ network }) => network),
    }))
    const own = nodes[0]?.networks[0]
    const apart = nodes.filter(
      ({ networks }) => own !== undefined && networks.length > 0 && !networks.includes(own),
    )
    if (own !== undefined && apart.length > 0) {
      problems.push(
        warning(
          'cluster.nodes-apart',
          ['vms', apart[0]!.vm, 'nics'],
          `${listed(apart.map(({ vm }) => vm))} of ${id} ${apart.length === 1 ? 'has' : 'have'} no NIC in ${own} (${networkById.get(own)?.network.cidr}), the network of ${nodes[0]!.vm} - Calico looks for each node's address there alone, and finds none. Put a NIC of ${own} on every node.`,
        ),
      )
    }
    const istio = Object.keys({ ...cluster.addOns, ...cluster.charts }).find((each) =>
      /^istio/.test(each),
    )
    if (istio !== undefined && cluster.cni?.mode !== 'iptables' && cluster.cni !== undefined) {
      problems.push(
        warning(
          'addon.istio-ebpf',
          ['clusters', id, 'cni', 'mode'],
          `${id} runs Istio (${istio}) on Calico's eBPF data plane, which chooses a pod at connect time - the mesh's rules are passed by without a word unless bpfConnectTimeLoadBalancing is Disabled, which the panel does not set. Use iptables, or set it in Felix yourself.`,
          fixTo('Use iptables', {
            path: ['clusters', id, 'cni', 'mode'],
            ...(cluster.cni.mode === undefined ? {} : { from: cluster.cni.mode }),
            to: 'iptables',
          }),
        ),
      )
    }
    return problems
  })
}

/** `addon.metallb-silent`, `addon.metallb-elsewhere`: addresses that nobody announces (traps T18; metallb#2274). */
export function metallbIsHeard(survey: Survey): Problem[] {
  return survey.clusters.flatMap(([id, cluster]) => {
    const addOn = cluster.addOns?.metallb
    if (!isOn(addOn)) return []
    const path = ['clusters', id, 'addOns', 'metallb']
    const problems: Problem[] = []
    // k3s gives its servers no such label.
    const labelled = cluster.distribution !== 'k3s' && cluster.workers.length === 0
    if (labelled && settingOf(addOn, 'speaker', 'ignoreExcludeLB') === false) {
      const at = [...path, 'values', 'speaker', 'ignoreExcludeLB']
      problems.push(
        warning(
          'addon.metallb-silent',
          at,
          `${id} has no workers and its MetalLB heeds the label that kubeadm gives to control planes, exclude-from-external-load-balancers - it announces nothing, silently. Leave the value to the panel.`,
          fixTo('Announce from control planes', { path: at, from: false, to: true }),
        ),
      )
    }
    const made = survey.pools.filter(({ pool }) => pool.purpose === 'metallb')
    const pool = survey.poolById.get(addOn.pool ?? made[0]?.id ?? '')
    const networks = new Set(
      nodesOf(cluster).flatMap((vm) =>
        Object.values(survey.vmById.get(vm)?.vm.nics ?? {}).map(({ network }) => network),
      ),
    )
    if (pool && networks.size > 0 && !networks.has(pool.pool.network)) {
      problems.push(
        blocker(
          'addon.metallb-elsewhere',
          [...path, 'pool'],
          `Pool ${pool.id} of MetalLB lies in ${pool.pool.network}, and the nodes of ${id} stand in ${listed([...networks])} - it answers ARP, which stays in a network, so that nobody would reach its addresses. Use a pool of the nodes' network.`,
        ),
      )
    }
    return problems
  })
}

/** Web interfaces without a login of their own (facts of the add-ons; traps T24): the values that open them. */
const BARE: readonly { addOn: string; what: string; at: string[] }[] = [
  { addOn: 'longhorn', what: "Longhorn's interface", at: ['ingress', 'enabled'] },
  { addOn: 'longhorn', what: "Longhorn's interface", at: ['service', 'ui', 'type'] },
  { addOn: 'loki', what: 'Loki', at: ['gateway', 'ingress', 'enabled'] },
  { addOn: 'loki', what: 'Loki', at: ['ingress', 'enabled'] },
  { addOn: 'loki', what: 'Loki', at: ['gateway', 'service', 'type'] },
  { addOn: 'kube-prometheus-stack', what: 'Prometheus', at: ['prometheus', 'ingress', 'enabled'] },
  {
    addOn: 'kube-prometheus-stack',
    what: 'Alertmanager',
    at: ['alertmanager', 'ingress', 'enabled'],
  },
  { addOn: 'kube-prometheus-stack', what: 'Prometheus', at: ['prometheus', 'service', 'type'] },
  { addOn: 'kube-prometheus-stack', what: 'Alertmanager', at: ['alertmanager', 'service', 'type'] },
]

/** An ingress that is on, or a service that leaves the cluster. */
const OPEN: ReadonlySet<Json | undefined> = new Set([true, 'LoadBalancer', 'NodePort'])

/** Values that let data grow without an end. */
const ENDLESS: readonly {
  addOn: string
  what: string
  at: string[]
  wrong: (value: Json) => boolean
}[] = [
  {
    addOn: 'loki',
    what: 'Loki keeps every line for ever',
    at: ['loki', 'compactor', 'retention_enabled'],
    wrong: (value) => value === false,
  },
  {
    addOn: 'loki',
    what: 'Loki keeps every line for ever',
    at: ['loki', 'limits_config', 'retention_period'],
    wrong: (value) => value === '0s' || value === '0' || value === 0,
  },
  {
    addOn: 'kube-prometheus-stack',
    what: 'Prometheus has no limit of size',
    at: ['prometheus', 'prometheusSpec', 'retentionSize'],
    wrong: (value) => value === '' || value === '0' || value === 0,
  },
]

/** `addon.bare-interface`, `addon.no-retention`, `addon.no-volume`, `addon.velero-nowhere`: defaults that bite (traps T24). */
export function addOnsAreNotBare({ clusters, topology }: Survey): Problem[] {
  return clusters.flatMap(([id, { addOns, nfs }]) => {
    const problems: Problem[] = []
    const base = (addOn: string) => ['clusters', id, 'addOns', addOn]
    for (const { addOn: addOnId, what, at } of BARE) {
      const addOn = addOns?.[addOnId]
      const value = isOn(addOn) ? settingOf(addOn, ...at) : undefined
      if (value === undefined || !OPEN.has(value)) continue
      const path = [...base(addOnId), 'values', ...at]
      problems.push(
        warning(
          'addon.bare-interface',
          path,
          `${what} of ${id} would be reachable from outside and asks nobody for a name - whoever finds it deletes volumes or reads everything. Close it and use a port forward, or put a login before it.`,
          fixTo('Close it', { path, from: value, to: value === true ? false : 'ClusterIP' }),
        ),
      )
    }
    for (const { addOn: addOnId, what, at, wrong } of ENDLESS) {
      const addOn = addOns?.[addOnId]
      const value = isOn(addOn) ? settingOf(addOn, ...at) : undefined
      if (value === undefined || !wrong(value)) continue
      const path = [...base(addOnId), 'values', ...at]
      problems.push(
        warning(
          'addon.no-retention',
          path,
          `${what} in ${id} - it fills its volume, and on a thin pool every VM beside it stops. Leave the value to the panel.`,
          fixTo('Leave it to the panel', { path, from: value }),
        ),
      )
    }
    const stores = ['longhorn', 'local-path-provisioner', 'nfs-subdir-external-provisioner']
    const needy = ['kube-prometheus-stack', 'loki'].filter((each) => isOn(addOns?.[each]))
    if (needy.length > 0 && !stores.some((each) => isOn(addOns?.[each]))) {
      problems.push(
        blocker(
          'addon.no-volume',
          base(needy[0]!),
          `${listed(needy)} of ${id} ask${needy.length === 1 ? 's' : ''} for volumes and no add-on makes any - the pods stay pending. Switch local-path-provisioner on, or Longhorn${nfs === undefined ? '' : ' or the NFS provisioner'}.`,
          fixTo('Switch local-path-provisioner on', {
            path: base('local-path-provisioner'),
            ...(addOns?.['local-path-provisioner']
              ? { from: addOns['local-path-provisioner'] as Json }
              : {}),
            to: {},
          }),
        ),
      )
    }
    const target = Object.values(topology.services ?? {}).some(
      ({ kind, url }) => kind === 'backup' && url !== undefined,
    )
    if (isOn(addOns?.velero) && !target) {
      problems.push(
        note(
          'addon.velero-nowhere',
          base('velero'),
          `Velero of ${id} has no S3 address to write to - it runs and backs nothing up. Give a service of the kind backup its url.`,
        ),
      )
    }
    return problems
  })
}

/** `chart.unknown-need`, `chart.needs-cycle`: the order of charts and manifests of one's own. */
export function chartsHaveAnOrder({ clusters }: Survey): Problem[] {
  return clusters.flatMap(([id, { addOns, charts, manifests }]) => {
    const needs = new Map<string, { path: string[]; needs: readonly string[] }>()
    for (const [kind, map] of [
      ['charts', charts],
      ['manifests', manifests],
    ] as const) {
      for (const [each, { needs: wanted }] of Object.entries(map ?? {})) {
        needs.set(each, { path: ['clusters', id, kind, each, 'needs'], needs: wanted ?? [] })
      }
    }
    const unknown = [...needs].flatMap(([each, { path, needs: wanted }]) =>
      wanted.flatMap((need, i) =>
        needs.has(need) || addOns?.[need] || need === 'calico'
          ? []
          : [
              blocker(
                'chart.unknown-need',
                [...path, String(i)],
                `${each} of ${id} comes after ${need}, and ${id} has no such add-on, chart or manifest - it would wait for ever. Correct the name, or take it away.`,
              ),
            ],
      ),
    )
    const cyclic = [...needs.keys()].filter((each) => reaches(needs, each))
    const [first] = cyclic
    if (first === undefined) return unknown
    return [
      ...unknown,
      blocker(
        'chart.needs-cycle',
        needs.get(first)!.path,
        `${listed(cyclic)} of ${id} wait for each other - none would ever be installed. Take one need away.`,
      ),
    ]
  })
}

/** Whether what it needs comes back to it. */
function reaches(needs: ReadonlyMap<string, { needs: readonly string[] }>, start: string): boolean {
  const seen = new Set<string>()
  const open = [...(needs.get(start)?.needs ?? [])]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === start) return true
    if (seen.has(next)) continue
    seen.add(next)
    open.push(...(needs.get(next)?.needs ?? []))
  }
  return false
}
