import { expect, test } from 'vitest'
import type { Observed, ObservedCluster, ObservedVm } from '@/lib/plan/observed'
import type { Topology } from '@/lib/topology/topology'
import type { JobSummary } from './contract'
import { type StatusInput, toStatus } from './status'

const NOW = 1_700_000_000_000

const document: Topology = {
  drawbridge: 1,
  name: 'Rack',
  hosts: { pve1: { role: 'proxmox', connection: 'c' } },
  vms: {
    cp: { role: 'control-plane', host: 'pve1' },
    w1: { role: 'worker', host: 'pve1' },
  },
  clusters: {
    main: {
      kubernetes: '1.29',
      podCidr: '10.244.0.0/16',
      serviceCidr: '10.96.0.0/12',
      controlPlanes: ['cp'],
      workers: ['w1'],
      addOns: { metallb: {} },
    },
  },
}

const known = <T>(value: unknown) => ({ state: 'known' as const, at: NOW, value: value as T })
const vm = (running: boolean) => known<ObservedVm>({ running })
const frozen = known<ObservedVm>({
  running: true,
  ioError: true,
  spec: { disks: [{ storage: 'tank' }] },
})
const node = (name: string, ready: boolean, reason: string | null = null) => ({
  ...{ name, ready, reason, schedulable: true, version: 'v1.29.14', address: '', labels: {} },
  roles: name === 'cp' ? ['control-plane'] : [],
})
const cluster = (more: Partial<ObservedCluster> = {}) =>
  known<ObservedCluster>({
    nodes: [node('cp', true), node('w1', true)],
    // Named otherwise on purpose: an add-on is known by the label, not by its release's name.
    releases: { 'metallb-system/lb': { status: 'deployed', addOn: 'metallb' } },
    unwellPods: [],
    ...more,
  })
const well: Observed = {
  at: NOW,
  hosts: { pve1: known({ node: 'pve1' }) },
  templates: {},
  vms: { cp: vm(true), w1: vm(true) },
  clusters: { main: cluster() },
}
const job = (more: Partial<JobSummary>): JobSummary => ({
  ...{ id: 'j1', kind: 'deploy', title: 'Deploy Rack r1', topologyId: 'rack', connectionId: null },
  ...{ revision: 1, status: 'running', outcome: null, by: 'ada', queuedAt: 1, startedAt: 1 },
  ...{ endedAt: null, stepsDone: 0, stepsTotal: 1, leftMs: 1000, queue: null, error: null },
  ...more,
})

function statusOf(
  observed: Observed | null,
  more: Partial<StatusInput['topologies'][number]> = {},
  running: StatusInput['running'] = [],
) {
  const watched = { id: 'rack', name: 'Rack', lab: false, head: document, applied: document }
  const topology = { ...watched, observed, jobs: [], busy: new Set<string>(), ...more }
  return toStatus({ now: NOW, topologies: [topology], running, waiting: [] })
}

test('all right is said with its numbers', () => {
  expect(statusOf(well)).toMatchObject({
    level: 'ok',
    sentence: 'Everything is all right: 2 of 2 VMs run and 2 of 2 nodes are ready.',
    causes: [],
    topologies: [{ addOns: { total: 1, well: 1, unknown: 0 } }],
  })
})

test('a host that does not answer is one cause that takes its machines along', () => {
  const gone = { state: 'unknown' as const, reason: 'connection timed out.', since: NOW - 1000 }
  const status = statusOf({
    ...well,
    hosts: { pve1: gone },
    vms: { cp: gone, w1: gone },
    clusters: { main: gone },
  })
  expect(status.causes).toHaveLength(1)
  expect(status).toMatchObject({
    level: 'unknown',
    sentence: 'pve1 does not answer: connection timed out.',
    causes: [{ takes: ['cp', 'w1'], since: NOW - 1000 }],
    topologies: [{ vms: { total: 2, running: 0, unknown: 2 } }],
  })
})

test('a stopped VM explains its node, and a running job explains the VM', () => {
  const stopped = {
    ...well,
    vms: { ...well.vms, w1: vm(false) },
    clusters: { main: cluster({ nodes: [node('cp', true), node('w1', false)] }) },
  }
  expect(statusOf(stopped)).toMatchObject({
    level: 'fail',
    sentence: 'w1 is stopped.',
    causes: [{ takes: ['Node w1 of main'] }],
  })
  const planned = statusOf(stopped, { busy: new Set(['vms/w1']) }, [{ ...job({}), step: null }])
  expect(planned).toMatchObject({
    level: 'work',
    causes: [],
    sentence: 'Deploy Rack r1 is running; everything else is all right.',
  })
})

test('a frozen VM is not counted as one that runs, and explains its node and its cluster', () => {
  const gone = { state: 'unknown' as const, reason: 'no route to it', since: NOW }
  const status = statusOf({ ...well, vms: { cp: frozen, w1: frozen }, clusters: { main: gone } })
  expect(status.causes).toMatchObject([{ level: 'fail', takes: ['cp', 'w1'] }])
  expect(status.topologies[0]?.vms).toEqual({ total: 2, running: 0, unknown: 0 })
  expect(status.works).toEqual([])
})

test('what was only drawn is not counted as missing from what runs', () => {
  const deployed = { id: 'rack', name: 'Rack', lab: false, head: document, applied: document }
  const rest = { jobs: [], busy: new Set<string>() }
  const drawn = { ...deployed, ...rest, id: 'edge', applied: null, observed: null }
  const status = toStatus({
    ...{ now: NOW, running: [], waiting: [] },
    topologies: [drawn, { ...deployed, ...rest, observed: well }],
  })
  expect(status.sentence).toBe(
    'Everything is all right: 2 of 2 VMs run and 2 of 2 nodes are ready.',
  )
})

test('the worst cause is the sentence, the others are counted', () => {
  const pods = [{ namespace: 'web', name: 'shop-1', reason: 'CrashLoopBackOff', message: '' }]
  const status = statusOf({
    ...well,
    vms: { ...well.vms, cp: { state: 'absent', at: NOW } },
    clusters: { main: cluster({ unwellPods: pods }) },
  })
  expect(status.sentence).toBe('cp does not exist any more. One more thing is wrong.')
  expect(status.causes[1]).toMatchObject({
    level: 'warn',
    sentence: '1 pod of main is not well.',
    takes: ['web/shop-1: CrashLoopBackOff'],
  })
})

test('an old reading and none at all are unknown, never all right', () => {
  expect(statusOf({ ...well, at: NOW - 11 * 60_000 })).toMatchObject({
    level: 'unknown',
    topologies: [{ vms: { running: 0, unknown: 2 }, nodes: { unknown: 2 } }],
  })
  expect(statusOf(null).level).toBe('unknown')
})

test('nothing deployed is nothing wrong; a failed job is, until another succeeds', () => {
  const failed = job({
    ...{ status: 'failed', outcome: 'failed', endedAt: NOW },
    error: { code: 'proxmox.locked', message: 'The storage stayed locked.' },
  })
  expect(statusOf(well, { applied: null }).level).toBe('ok')
  expect(statusOf(well, { jobs: [job({ kind: 'refresh' }), failed] })).toMatchObject({
    level: 'warn',
    sentence: 'Deploy Rack r1 failed: The storage stayed locked.',
  })
  const later = job({ id: 'j2', status: 'succeeded', outcome: 'succeeded' })
  expect(statusOf(well, { jobs: [later, failed] }).level).toBe('ok')
})
