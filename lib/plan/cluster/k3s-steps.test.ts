import { expect, test } from 'vitest'
import { allocate } from '@/lib/topology/allocate'
import { applyChanges } from '@/lib/topology/apply'
import { EDGE_SITE } from '@/lib/topology/blueprints/edge-site'
import { readTopology } from '@/lib/topology/testing/read-seed'
import type { Topology } from '@/lib/topology/topology'
import type { PlanContext } from '../context'
import type { Observed, ObservedCluster, ObservedNode } from '../observed'
import { clusterSteps, rejoinSteps } from '../plan-cluster'
import type { Step } from '../step'

const CONTEXT: PlanContext = {
  ...{ topologyId: 't1', panelId: 'p1', revision: 1, durations: {}, connections: ['lab'], now: 0 },
}
const NOTHING: Observed = { at: 0, hosts: {}, templates: {}, vms: {}, clusters: {} }

function edge(change?: (topology: Topology) => void): Topology {
  const drawn = readTopology(EDGE_SITE)
  delete drawn.clusters?.home
  change?.(drawn)
  const nothing = { vmids: [], addresses: [], macs: [] }
  return applyChanges(
    drawn,
    allocate(drawn, nothing, (n) => `BC:24:11:00:00:${n.toString(16).padStart(2, '0')}`),
  )
}
const stepsOf = (topology: Topology, observed = NOTHING) =>
  clusterSteps(topology, observed, CONTEXT)
const ids = (steps: readonly Step[]) => steps.map(({ id }) => id)
const node = (name: string, roles: string[]): ObservedNode => ({
  ...{ name, ready: true, reason: null, schedulable: true, roles, address: '' },
  ...{ version: 'v1.36.1+k3s1', labels: { 'topology.kubernetes.io/zone': 'pve-edge' } },
})
const seen = (nodes: ObservedNode[]): Observed => ({
  ...NOTHING,
  vms: Object.fromEntries(
    nodes.map(({ name }) => [name, { state: 'known', value: {} as never, at: 0 }]),
  ),
  clusters: {
    edge: {
      state: 'known',
      at: 0,
      value: {
        ...{ version: 'v1.36.1+k3s1', ready: true, nodes, etcdMembers: [], releases: {} },
        ...{ unwellPods: [], resources: {}, podCount: 0 },
      } satisfies ObservedCluster,
    },
  },
})

test('from nothing: the release on each machine, a server, its kubeconfig, then the agent', () => {
  const steps = stepsOf(edge())
  expect(ids(steps).filter((id) => /k3s|kubeconfig|node-ready/.test(id))).toEqual([
    ...['guest.k3s:edge-server', 'guest.k3s:edge-agent', 'k3s.server:edge'],
    ...['k8s.kubeconfig:edge', 'k3s.join-agent:edge-agent'],
    ...['k8s.node-ready:edge-server', 'k8s.node-ready:edge-agent'],
  ])
  expect(ids(steps).join()).not.toMatch(/kube-packages|containerd|calico|k8s\.init|k8s\.join/)
  const join = steps.find(({ id }) => id === 'k3s.join-agent:edge-agent')
  expect(join?.needs).toEqual(['guest.k3s:edge-agent', 'k8s.kubeconfig:edge'])
  const reach = steps.find(({ id }) => id === 'guest.reach:edge-agent')
  expect(reach?.args).toMatchObject({ probe: 'github.com' })
})

test('a network that is drawn is installed like kubeadm’s', () => {
  const steps = stepsOf(
    edge(({ clusters }) => {
      clusters!.edge!.cni = { kind: 'calico' }
    }),
  )
  expect(ids(steps)).toContain('addon.install:edge/calico')
  const server = steps.find(({ kind }) => kind === 'k3s.server')
  expect(server?.args).toMatchObject({ cluster: { k3s: { network: 'calico' } } })
})

const three = (topology: Topology) => {
  for (const id of ['edge-two', 'edge-three']) {
    topology.vms![id] = { ...topology.vms!['edge-server']! }
    topology.clusters!.edge!.controlPlanes.push(id)
  }
}

test('servers join one at a time; the first moves to etcd before, if it has SQLite', () => {
  const fresh = stepsOf(edge(three))
  const needs = (steps: readonly Step[], id: string) => steps.find((each) => each.id === id)?.needs
  expect(needs(fresh, 'k3s.join-server:edge-three')).toContain('k3s.join-server:edge-two')
  const alone = [node('edge-server', ['control-plane']), node('edge-agent', ['worker'])]
  const grown = stepsOf(edge(three), seen(alone))
  expect(needs(grown, 'k3s.join-server:edge-two')).toContain('k3s.server:edge')
  expect(grown.find(({ kind }) => kind === 'k3s.server')?.effect).toBe('change')
  const onEtcd = [node('edge-server', ['control-plane', 'etcd']), ...alone.slice(1)]
  expect(ids(stepsOf(edge(three), seen(onEtcd)))).not.toContain('k3s.server:edge')
})

test('a cluster that has etcd keeps it, also with one server left', () => {
  const left = [node('edge-server', ['control-plane', 'etcd']), node('edge-agent', ['worker'])]
  const again = rejoinSteps(edge(), seen(left), CONTEXT, 'edge-agent')
  const join = again.find(({ kind }) => kind === 'k3s.join-agent')
  expect(join?.args).toMatchObject({ cluster: { k3s: { datastore: 'etcd' } } })
})
