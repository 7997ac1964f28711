import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import { allocate } from '@/lib/topology/allocate'
import { applyChanges } from '@/lib/topology/apply'
import { DARK_KNIGHT } from '@/lib/topology/blueprints/dark-knight'
import { parseTopology } from '@/lib/topology/parse'
import type { Topology } from '@/lib/topology/topology'
import { resourceKey } from './cluster/add-on-steps'
import type { PlanContext } from './context'
import { EXPORTS_PATH, exportsFile } from './files/exports'
import { HAPROXY_PATH, haproxyConfig } from './files/haproxy'
import type { Observed, ObservedCluster, ObservedVm, Seen } from './observed'
import { clusterSteps, leaveSteps, rejoinSteps } from './plan-cluster'
import type { Step } from './step'

const CONTEXT: PlanContext = {
  topologyId: 'dark-knight',
  panelId: 'p1',
  revision: 1,
  durations: {},
  connections: ['lab'],
  now: 0,
}

function blueprint(): Topology {
  const parsed = parseTopology(DARK_KNIGHT)
  if (!parsed.ok) throw new Error('the blueprint does not parse')
  const changes = allocate(
    parsed.topology,
    { vmids: [], addresses: [], macs: [] },
    (n) => `BC:24:11:00:00:${n.toString(16).padStart(2, '0').toUpperCase()}`,
  )
  return applyChanges(parsed.topology, changes)
}

const topology = blueprint()
const VMS = Object.keys(topology.vms ?? {})
const known = <T>(value: T): Seen<T> => ({ state: 'known', value, at: 0 })
const NOTHING: Observed = {
  at: 0,
  hosts: {},
  templates: {},
  vms: Object.fromEntries(VMS.map((id) => [id, { state: 'absent', at: 0 }])),
  clusters: { 'dark-knight': { state: 'absent', at: 0 } },
}

/** What a perfectly finished deploy of these steps would look like. */
function afterwards(steps: readonly Step[]): Observed {
  const cluster: ObservedCluster = {
    version: 'v1.29.14',
    ready: true,
    nodes: [],
    etcdMembers: [],
    releases: {},
    unwellPods: [],
    resources: {},
    podCount: 0,
  }
  const guests: Observed['guests'] = {}
  for (const step of steps) {
    if (step.kind === 'k8s.labels') {
      cluster.nodes.push({
        ...{ name: step.args.node, ready: true, reason: null, schedulable: true, roles: [] },
        ...{ version: 'v1.29.14', address: '', labels: step.args.labels },
      })
    }
    if (step.kind === 'addon.install') {
      const { namespace, release, chart, version, valuesHash, addOn } = step.args
      cluster.releases[`${namespace}/${release}`] = {
        chart,
        version,
        status: 'deployed',
        revision: 1,
        valuesHash,
        addOn,
      }
    }
    if (step.kind === 'addon.resources') {
      for (const each of step.args.resources) cluster.resources[resourceKey(each)] = each.hash
    }
    const file =
      step.kind === 'guest.haproxy'
        ? {
            path: HAPROXY_PATH,
            text: haproxyConfig(step.args.port, step.args.backends),
            service: 'haproxy',
          }
        : step.kind === 'guest.nfs'
          ? {
              path: EXPORTS_PATH,
              text: exportsFile(step.args.mount, step.args.clients),
              service: 'nfs-server',
            }
          : null
    if (file) {
      guests[step.object[1] as string] = known({
        files: { [file.path]: bytesToHex(sha256(utf8ToBytes(file.text))) },
        services: { [file.service]: 'active' },
      })
    }
  }
  const vms = Object.fromEntries(VMS.map((id) => [id, known({} as ObservedVm)]))
  return { ...NOTHING, vms, guests, clusters: { 'dark-knight': known(cluster) } }
}

const first = clusterSteps(topology, NOTHING, CONTEXT)
const ids = (steps: readonly Step[]) => steps.map((step) => step.id)
const find = (steps: readonly Step[], id: string) => {
  const step = steps.find((each) => each.id === id)
  if (!step) throw new Error(`no step ${id}`)
  return step
}

describe('from nothing', () => {
  test('the load balancer runs before init; control planes join one by one; workers side by side', () => {
    expect(find(first, 'k8s.init:dark-knight').needs).toContain('guest.haproxy:haproxy-lb')
    expect(find(first, 'k8s.join-control-plane:k8s-master-2').needs).toContain(
      'k8s.kubeconfig:dark-knight',
    )
    expect(find(first, 'k8s.join-control-plane:k8s-master-3').needs).toContain(
      'k8s.join-control-plane:k8s-master-2',
    )
    for (const worker of ['k8s-worker-1', 'k8s-worker-2', 'k8s-worker-3']) {
      expect(find(first, `k8s.join-worker:${worker}`).needs).toEqual([
        `guest.data-disk:${worker}`,
        'k8s.kubeconfig:dark-knight',
      ])
    }
  })

  test('the network comes first, every other add-on after all nodes are ready', () => {
    expect(find(first, 'addon.install:dark-knight/calico').needs).toEqual([
      'k8s.kubeconfig:dark-knight',
    ])
    const metrics = find(first, 'addon.install:dark-knight/metrics-server')
    expect(metrics.needs.filter((id) => id.startsWith('k8s.node-ready:'))).toHaveLength(6)
    expect(find(first, 'addon.install:dark-knight/ingress-nginx').needs).toContain(
      'addon.resources:dark-knight/metallb/afterwards',
    )
  })

  test('every id is there once', () => {
    expect(new Set(ids(first)).size).toBe(first.length)
  })

  test('values hold references, never secrets; copies of data follow the failure domains', () => {
    const longhorn = find(first, 'addon.install:dark-knight/longhorn') as Step<'addon.install'>
    expect(longhorn.args.values).toMatchObject({ persistence: { defaultClassReplicaCount: 1 } })
    const before = find(
      first,
      'addon.resources:dark-knight/kube-prometheus-stack/before',
    ) as Step<'addon.resources'>
    expect(JSON.stringify(before.args)).toContain('"$secret":"grafana-admin-password"')
  })
})

describe('afterwards', () => {
  test('a second deploy has nothing to do', () => {
    expect(ids(clusterSteps(topology, afterwards(first), CONTEXT))).toEqual([])
  })

  test.each([
    [
      'another chart version',
      (seen: ObservedCluster) => ({
        ...seen.releases['metallb-system/metallb'],
        version: '0.15.0',
      }),
    ],
    [
      'a failed release',
      (seen: ObservedCluster) => ({ ...seen.releases['metallb-system/metallb'], status: 'failed' }),
    ],
    [
      'other values',
      (seen: ObservedCluster) => ({ ...seen.releases['metallb-system/metallb'], valuesHash: 'x' }),
    ],
  ])('%s is installed again, and nothing else', (_what, change) => {
    const observed = afterwards(first)
    const seen = observed.clusters['dark-knight']
    if (seen?.state !== 'known') throw new Error('unknown')
    seen.value.releases['metallb-system/metallb'] = change(
      seen.value,
    ) as ObservedCluster['releases'][string]
    expect(ids(clusterSteps(topology, observed, CONTEXT))).toEqual([
      'addon.install:dark-knight/metallb',
    ])
  })

  test('a stopped HAProxy, or one with other backends, is set up again', () => {
    const observed = afterwards(first)
    observed.guests = {
      ...observed.guests,
      'haproxy-lb': known({ files: {}, services: { haproxy: 'failed' } }),
    }
    expect(ids(clusterSteps(topology, observed, CONTEXT))).toEqual([
      'guest.reach:haproxy-lb',
      'guest.haproxy:haproxy-lb',
    ])
  })

  test('a worker that lost its machine is removed first, prepared and joined again', () => {
    const observed = afterwards(first)
    observed.vms['k8s-worker-2'] = { state: 'absent', at: 0 }
    const steps = clusterSteps(topology, observed, CONTEXT)
    expect(ids(steps)).toContain('k8s.remove-node:k8s-worker-2')
    expect(find(steps, 'k8s.join-worker:k8s-worker-2').needs).toContain(
      'k8s.remove-node:k8s-worker-2',
    )
    expect(steps.every((step) => step.object[1] === 'k8s-worker-2')).toBe(true)
  })

  test('rebuilding a worker drains and removes it, then makes it a node again', () => {
    const observed = afterwards(first)
    expect(ids(leaveSteps(topology, observed, CONTEXT, 'k8s-worker-2'))).toEqual([
      'k8s.drain:k8s-worker-2',
      'k8s.remove-node:k8s-worker-2',
    ])
    const back = rejoinSteps(topology, observed, CONTEXT, 'k8s-worker-2')
    expect(ids(back)).toEqual([
      'guest.reach:k8s-worker-2',
      'guest.kernel:k8s-worker-2',
      'guest.containerd:k8s-worker-2',
      'guest.kube-packages:k8s-worker-2',
      'guest.data-disk:k8s-worker-2',
      'k8s.join-worker:k8s-worker-2',
      'k8s.labels:k8s-worker-2',
      'k8s.node-ready:k8s-worker-2',
    ])
  })

  test('a worker that left the document is drained and removed too', () => {
    const observed = afterwards(first)
    const gone = { ...observed.vms['k8s-worker-2'], state: 'known', at: 0 } as const
    observed.vms['k8s-worker-2'] = {
      ...gone,
      value: { spec: { name: 'k8s-worker-2' } } as ObservedVm,
    }
    const { 'k8s-worker-2': _left, ...vms } = topology.vms ?? {}
    const cluster = topology.clusters?.['dark-knight']
    if (!cluster) throw new Error('no cluster')
    const without: Topology = {
      ...topology,
      vms,
      clusters: { 'dark-knight': { ...cluster, workers: ['k8s-worker-1', 'k8s-worker-3'] } },
    }
    expect(ids(leaveSteps(without, observed, CONTEXT, 'k8s-worker-2'))).toEqual([
      'k8s.drain:k8s-worker-2',
      'k8s.remove-node:k8s-worker-2',
    ])
  })

  test('what is no node of a cluster leaves nothing behind', () => {
    expect(leaveSteps(topology, afterwards(first), CONTEXT, 'nfs-storage')).toEqual([])
  })
})
