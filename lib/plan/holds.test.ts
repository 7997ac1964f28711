import { expect, test } from 'vitest'
import type { Hold, Topology } from '@/lib/topology/topology'
import { makePlan } from './make-plan'
import type { Observed } from './observed'
import type { Goal, Plan } from './plan'
import { CONTEXT, deployed, empty, smallLab } from './testing/small-lab'

const NOON = Date.UTC(2026, 10, 24, 12)
const hold = (path: string[], until?: string): Hold => ({
  ...{ path, by: 'ada', reason: 'its disk is copied' },
  ...(until === undefined ? {} : { until }),
})
const lab = (holds: Hold[], change: (topology: Topology) => void = () => {}): Topology => {
  const topology = { ...smallLab(), holds }
  topology.clusters = {
    k8s: {
      ...{ kubernetes: '1.36', podCidr: '10.244.0.0/16', serviceCidr: '10.96.0.0/16' },
      ...{ controlPlanes: ['m1'], workers: ['w1', 'w2'], loadBalancers: ['lb'] },
    },
  }
  change(topology)
  return topology
}
const result = (
  topology: Topology,
  observed: Observed,
  goal: Goal = { kind: 'deploy' },
  at = NOON,
) => makePlan(goal, topology, observed, { ...CONTEXT, now: at })
function planOf(...args: Parameters<typeof result>): Plan {
  const made = result(...args)
  if (!made.ok) throw new Error(made.refusals.map(({ message }) => message).join('\n'))
  return made.plan
}
const touched = (plan: Plan) =>
  new Set(plan.steps.map(({ object }) => object.slice(0, 2).join('/')))
const bigger = (id: string) => (topology: Topology) => {
  topology.vms![id] = { ...topology.vms![id]!, memoryMib: 8192 }
}

test('steps of a held object are left out, by name and with the day; the rest goes on', () => {
  const topology = { ...smallLab(), holds: [hold(['vms', 'w2'], '2026-11-30')] }
  for (const id of ['w1', 'w2']) bigger(id)(topology)
  const plan = planOf(topology, deployed(smallLab()))
  expect([...touched(plan)]).toEqual(['vms/w1'])
  expect(plan.changes.map(({ name }) => name)).toEqual(['w1'])
  expect(plan.notes).toEqual([
    'w2 is left alone until 2026-11-30, says ada: its disk is copied. 3 steps on it are left out.',
  ])
})

test('a hold ends with its day (UTC), and Deploy resumes', () => {
  const topology = { ...smallLab(), holds: [hold(['vms', 'w2'], '2026-11-24')] }
  bigger('w2')(topology)
  const steps = (at: number) =>
    planOf(topology, deployed(smallLab()), { kind: 'deploy' }, at).steps.length
  expect(steps(Date.UTC(2026, 10, 24, 23, 59))).toBe(0)
  expect(steps(Date.UTC(2026, 10, 25))).toBe(3)
  expect(planOf({ ...topology, holds: [] }, deployed(smallLab())).notes).toEqual([])
})

test('nothing is built on what is not made: a held founder keeps its cluster waiting', () => {
  const plan = planOf(lab([hold(['vms', 'm1'])]), empty(smallLab()))
  const ids = plan.steps.map(({ id }) => id)
  expect(ids).toContain('vm.clone:w1')
  expect(ids).toContain('guest.haproxy:lb')
  expect(ids.filter((id) => /:m1$|^k8s\.|^addon\./.test(id))).toEqual([])
  expect(plan.notes[0]).toMatch(/^m1 is left alone for good, says ada: .* wait for that\.$/)
})

test('a held worker that is not there keeps nobody waiting', () => {
  const ids = planOf(lab([hold(['vms', 'w2'])]), empty(smallLab())).steps.map(({ id }) => id)
  expect(ids).toContain('k8s.join-worker:w1')
  expect(ids.filter((id) => id.endsWith(':w2'))).toEqual([])
})

test('a template that is held is not made anew, and VMs are cloned from the one that is there', () => {
  const topology: Topology = { ...smallLab(), holds: [hold(['templates', 'jammy'])] }
  topology.templates!.jammy!.packages = ['htop']
  const observed = deployed(smallLab())
  observed.vms.w2 = { state: 'absent', at: 1000 }
  const host = observed.hosts.pve1
  if (host?.state === 'known')
    host.value.guests = host.value.guests.filter(({ vmid }) => vmid !== 203)
  expect([...touched(planOf(topology, observed))]).toEqual(['vms/w2'])
  const nothing = planOf({ ...topology }, empty(smallLab()))
  expect(nothing.steps.map(({ kind }) => kind)).not.toContain('vm.clone')
})

test('a host that is off and held keeps nobody from deploying the rest', () => {
  const topology = { ...smallLab(), holds: [hold(['hosts', 'pve2'], '2026-12-01')] }
  topology.hosts!.pve2 = { ...topology.hosts!.pve1! }
  topology.vms!.box = { ...topology.vms!.box!, host: 'pve2' }
  bigger('w1')(topology)
  const observed = deployed(smallLab())
  observed.hosts.pve2 = { state: 'unknown', reason: 'it is off', since: null }
  observed.vms.box = { state: 'unknown', reason: 'it is off', since: null }
  expect([...touched(planOf(topology, observed))]).toEqual(['vms/w1'])
  expect(result({ ...topology, holds: [] }, observed).ok).toBe(false)
})

test('a hold on a cluster leaves its machines alone, one on an add-on only that', () => {
  const held = planOf(lab([hold(['clusters', 'k8s'])]), empty(smallLab()))
  expect([...touched(held)]).toEqual(['templates/jammy', 'vms/box'])
  const addOns = (topology: Topology) => {
    topology.clusters!.k8s!.addOns = { 'metrics-server': {}, 'local-path-provisioner': {} }
  }
  const one = planOf(
    lab([hold(['clusters', 'k8s', 'addOns', 'metrics-server'])], addOns),
    empty(smallLab()),
  )
  const installed = one.steps.flatMap((step) =>
    step.kind === 'addon.install' ? step.args.addOn : [],
  )
  expect(installed).toContain('local-path-provisioner')
  expect(installed).not.toContain('metrics-server')
})

test.each<Goal>([
  { kind: 'rebuild', vm: 'w2' },
  { kind: 'stop', vm: 'w2' },
  { kind: 'destroy', disks: [], vm: 'w2' },
  { kind: 'destroy', disks: [] },
])('a goal that names what is held is refused: %j', (goal) => {
  const topology = { ...smallLab(), holds: [hold(['vms', 'w2'], '2026-11-30')] }
  const made = result(topology, deployed(smallLab()), goal)
  expect(made).toMatchObject({
    ok: false,
    refusals: [{ code: 'plan.held', object: ['vms', 'w2'] }],
  })
  if (!made.ok) expect(made.refusals[0]?.message).toContain('until 2026-11-30, says ada')
  expect(result({ ...topology, holds: [] }, deployed(smallLab()), goal).ok).toBe(true)
})
