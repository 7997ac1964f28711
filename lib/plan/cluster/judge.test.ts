import { describe, expect, test } from 'vitest'
import type { Topology } from '@/lib/topology/topology'
import { makePlan } from '../make-plan'
import type { Observed, ObservedCluster } from '../observed'
import type { Goal } from '../plan'
import { CONTEXT, deployed, smallLab } from '../testing/small-lab'

const CLUSTER = {
  ...{ kubernetes: '1.29', controlPlanes: ['m1'], workers: ['w1', 'w2'], loadBalancers: ['lb'] },
  ...{ podCidr: '10.244.0.0/16', serviceCidr: '10.96.0.0/12', endpoint: { name: 'k8s.lan' } },
}
const lab = (cluster: object = {}): Topology =>
  ({ ...smallLab(), clusters: { home: { ...CLUSTER, ...cluster } } }) as Topology

const node = (name: string, version = 'v1.29.14') => ({
  ...{ name, version, ready: true, reason: null, schedulable: true, roles: [], address: '' },
  labels: {},
})
const CALM: ObservedCluster = {
  ...{ version: 'v1.29.14', ready: true, etcdMembers: [], unwellPods: [], podCount: 0 },
  ...{ nodes: [node('m1'), node('w1'), node('w2')], releases: {}, resources: {} },
}
const world = (topology: Topology, cluster: Observed['clusters'][string]): Observed => ({
  ...deployed(topology),
  clusters: { home: cluster },
})
const silent = { state: 'unknown', reason: 'connection refused', since: null } as const
const known = (value: ObservedCluster) => ({ state: 'known', value, at: 1000 }) as const
const plan = (topology: Topology, observed: Observed, goal: Goal = { kind: 'deploy' }) =>
  makePlan(goal, topology, observed, CONTEXT)
const codes = (result: ReturnType<typeof plan>) =>
  result.ok ? [] : result.refusals.map(({ code }) => code)
const stepsOf = (result: ReturnType<typeof plan>) =>
  result.ok ? result.plan.steps.map(({ id }) => id) : codes(result)

describe('a cluster that is there and does not answer', () => {
  test.each([{ kind: 'deploy' }, { kind: 'rebuild', vm: 'w1' }] as Goal[])(
    'is never made anew: $kind is refused',
    (goal) => {
      const observed = world(lab(), silent)
      if (goal.kind === 'deploy') haproxyAsWanted(observed)
      expect(codes(plan(lab(), observed, goal))).toEqual(['plan.unknown-cluster'])
    },
  )

  test('while a control plane is off, it is started and nothing is done inside', () => {
    const observed = world(lab(), silent)
    haproxyAsWanted(observed)
    const m1 = observed.vms.m1
    if (m1?.state === 'known') m1.value.running = false
    const result = plan(lab(), observed)
    expect(stepsOf(result)).toEqual(['vm.start:m1', 'guest.ready:m1'])
    expect(result.ok && result.plan.notes.join()).toContain('does not answer (connection refused)')
  })

  test('while HAProxy is down, that alone is mended', () => {
    const observed = world(lab(), silent)
    observed.guests = {
      lb: { state: 'known', at: 1, value: { files: {}, services: { haproxy: 'failed' } } },
    }
    expect(stepsOf(plan(lab(), observed))).toEqual(['guest.reach:lb', 'guest.haproxy:lb'])
  })
})

/** Facts nobody has count as nothing to mend. */
function haproxyAsWanted(observed: Observed) {
  observed.guests = { lb: { state: 'unknown', reason: 'not looked at', since: null } }
}

test('another Kubernetes version is refused instead of planned as nothing', () => {
  const observed = world(lab({ kubernetes: '1.30' }), known(CALM))
  const result = plan(lab({ kubernetes: '1.30' }), observed)
  expect(codes(result)).toEqual(['plan.cluster-version'])
  const patch = world(lab(), known({ ...CALM, nodes: [node('m1', 'v1.29.9')] }))
  expect(codes(plan(lab(), patch))).toEqual([])
})

test('what the document lacks, and what cannot be installed, is said', () => {
  const topology = lab({ addOns: { 'no-such-thing': {} } })
  const release = { chart: 'loki', version: '1', status: 'deployed', revision: 1, valuesHash: 'x' }
  const result = plan(
    topology,
    world(
      topology,
      known({
        ...CALM,
        nodes: [...CALM.nodes, node('old')],
        releases: {
          'logging/loki': { ...release, addOn: 'loki' },
          'web/mine': { ...release, addOn: null },
        },
      }),
    ),
  )
  const notes = result.ok ? result.plan.notes.join('\n') : codes(result).join()
  expect(notes).toContain('no add-on "no-such-thing"')
  expect(notes).toContain('Node old of cluster home is not in the document')
  expect(notes).toContain('Add-on loki (logging/loki)')
  expect(notes).not.toContain('web/mine')
})

test('destroying one VM of a cluster that does not answer says what stays behind', () => {
  const result = plan(lab(), world(lab(), silent), { kind: 'destroy', vm: 'w2', disks: [] })
  expect(result.ok && result.plan.notes.join()).toContain('w2 is neither drained nor taken out')
})

test('after a restart a node has to be back in its cluster before the next one restarts', () => {
  const topology = lab()
  topology.sizes!.small!.memoryMib = 8192
  const before = { ...lab(), sizes: { small: { cpus: 2, memoryMib: 4096, diskGib: 40 } } }
  const observed = world(before as Topology, known(CALM))
  const result = plan(topology, observed)
  if (!result.ok) throw new Error(codes(result).join())
  const { steps } = result.plan
  const needsOf = (id: string) => steps.find((step) => step.id === id)?.needs
  expect(steps.find(({ id }) => id === 'k8s.node-ready:lb')?.args).toMatchObject({ node: 'm1' })
  expect(needsOf('vm.restart:m1')).toContain('k8s.node-ready:lb')
  expect(needsOf('k8s.node-ready:m1')).toEqual(['guest.ready:m1'])
  expect(needsOf('vm.restart:w1')).toContain('k8s.node-ready:m1')
  expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length)
})

test('what a cluster was made with cannot be changed, and the plan names the field', () => {
  const made = { podCidr: '10.1.0.0/16', serviceCidr: '10.96.0.0/12', endpoint: 'k8s.lan:6443' }
  const result = plan(lab(), world(lab(), known({ ...CALM, made })))
  expect(result).toMatchObject({
    ok: false,
    refusals: [
      { code: 'plan.cluster-fixed', message: expect.stringContaining('podCidr 10.1.0.0/16') },
    ],
  })
  const same = { ...made, podCidr: '10.244.0.0/16' }
  expect(codes(plan(lab(), world(lab(), known({ ...CALM, made: same }))))).toEqual([])
})
