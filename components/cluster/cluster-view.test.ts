import { describe, expect, test } from 'vitest'
import type { TopologyHead } from '@/lib/api/contract'
import type { Observed, ObservedCluster, ObservedNode, Seen } from '@/lib/plan/observed'
import type { Cluster, Topology } from '@/lib/topology/topology'
import { clusterCommands } from './cluster-commands'
import { asOld, endNote, etcdLine, isOld, nodeRows, shownCluster } from './cluster-view'

const AT = Date.UTC(2026, 10, 24)

const cluster: Cluster = {
  ...{ kubernetes: '1.29', podCidr: '10.244.0.0/16', serviceCidr: '10.96.0.0/12' },
  ...{ controlPlanes: ['cp'], workers: ['w1', 'w2'] },
}
const topology = {
  drawbridge: 1,
  name: 'Rack',
  hosts: { pve1: { role: 'proxmox', connection: 'lab' } },
  networks: { lan: { cidr: '10.0.0.0/24' } },
  sizes: { small: { cpus: 2, memoryMib: 2048, diskGib: 20 } },
  vms: {
    cp: {
      role: 'control-plane',
      host: 'pve1',
      size: 'small',
      nics: { lan: { network: 'lan', address: '10.0.0.9' } },
    },
    w1: { role: 'worker', name: 'worker-one' },
    w2: { role: 'worker' },
  },
  clusters: { main: cluster },
} satisfies Topology

const node = (name: string, more: Partial<ObservedNode> = {}): ObservedNode => ({
  ...{ name, ready: true, reason: null, schedulable: true, roles: [], labels: {} },
  ...{ version: 'v1.29.14', address: '10.0.0.9' },
  ...more,
})
const member = (healthy: boolean, name = 'cp') => ({ name, learner: false, healthy })
const known = (more: Partial<ObservedCluster> = {}): Seen<ObservedCluster> => ({
  state: 'known',
  at: AT,
  value: {
    ...{ version: 'v1.29.14', ready: true, etcdMembers: [member(true)], releases: {} },
    nodes: [node('cp'), node('worker-one'), node('w2')],
    ...{ unwellPods: [], resources: {}, podCount: 40 },
    ...more,
  },
})
const shown = (seen: Seen<ObservedCluster> | undefined) =>
  shownCluster('main', nodeRows(topology, cluster, seen), seen)

test('a healthy cluster is said with its numbers', () => {
  expect(shown(known())).toEqual({
    state: 'ok',
    sentence:
      'The control plane of main is healthy: 1 of 1 control planes and 3 of 3 nodes are ready, 40 pods run well.',
  })
})

describe('what is not known to be well is never green', () => {
  test.each<[string, Seen<ObservedCluster> | undefined, string, string]>([
    ['never looked at', undefined, 'unknown', 'main was not looked at yet.'],
    ['unknown', { state: 'unknown', reason: 'no route', since: AT }, 'unknown', 'no route.'],
    ['not made', { state: 'absent', at: AT }, 'hold', 'does not exist yet'],
    ['an API server that is not ready', known({ ready: false }), 'fail', 'not ready'],
    [
      'a node down',
      known({
        nodes: [
          node('cp'),
          node('worker-one', { ready: false, reason: 'kubelet is silent' }),
          node('w2'),
        ],
      }),
      'fail',
      'worker-one is not ready: kubelet is silent.',
    ],
    [
      'a node that never joined',
      known({ nodes: [node('cp'), node('w2')] }),
      'warn',
      'worker-one has not joined main.',
    ],
    [
      'no majority',
      known({ etcdMembers: [member(true), member(false, 'b'), member(false, 'c')] }),
      'fail',
      'no majority',
    ],
    [
      'one etcd member of three',
      known({ etcdMembers: [member(true), member(true, 'b'), member(false, 'c')] }),
      'warn',
      'none more may fail',
    ],
    [
      'a pod',
      known({ unwellPods: [{ namespace: 'a', name: 'b', reason: 'Pending', message: '' }] }),
      'warn',
      '1 pod of main is not well.',
    ],
  ])('%s', (_, seen, state, words) => {
    const { state: found, sentence } = shown(seen)
    expect(found).toBe(state)
    expect(sentence).toContain(words)
  })

  test('an old reading', () => {
    const observed = { at: AT } as Observed
    expect(isOld(observed, AT + 11 * 60_000)).toBe(true)
    expect(isOld(observed, AT + 60_000)).toBe(false)
    const rows = nodeRows(topology, cluster, known()).map(asOld)
    expect(rows.map(({ shown }) => shown.state)).toEqual(['unknown', 'unknown', 'unknown'])
  })
})

test('nodes stand in the order of the drawing, strangers last, each with what it is', () => {
  const seen = known({ nodes: [node('guest'), node('w2', { schedulable: false }), node('cp')] })
  const rows = nodeRows(topology, cluster, seen)
  expect(rows.map(({ name, vm, shown }) => [name, vm, shown.word])).toEqual([
    ['cp', 'cp', 'ready'],
    ['worker-one', 'w1', 'not joined'],
    ['w2', 'w2', 'cordoned'],
    ['guest', null, 'ready'],
  ])
})

test('etcd in a line names those that still learn', () => {
  expect(etcdLine([])).toBe('none seen')
  expect(etcdLine([member(true), { name: 'b', learner: true, healthy: true }])).toBe(
    '2 of 2 healthy, still learning: b',
  )
})

test('the end of a version is told when it is near or past', () => {
  expect(endNote('v1.29.14', '2025-02-28', AT)?.sentence).toContain('1.29 ended on 2025-02-28')
  expect(endNote('1.35', '2026-12-24', AT)?.sentence).toBe(
    'Kubernetes 1.35 ends on 2026-12-24, in 31 days.',
  )
  expect(endNote('1.36', '2027-06-28', AT)).toBeNull()
  expect(endNote('1.99', null, AT)).toBeNull()
})

test('commands go to a control plane as one quoted word, through the connection’s dialer', () => {
  const dialer = { kind: 'ssh-jump' as const, host: 'jump', port: 22, user: 'bruce' }
  const head = { id: 'rack', document: topology, connections: [{ id: 'lab', dialer }] }
  const commands = clusterCommands(head as unknown as TopologyHead, cluster)
  expect(commands?.kubectl("get secret -o jsonpath='{.data.x}'")).toBe(
    `ssh -J bruce@jump:22 drawbridge@10.0.0.9 'sudo kubectl --kubeconfig /etc/kubernetes/admin.conf get secret -o jsonpath='\\''{.data.x}'\\'''`,
  )
  expect(commands?.forward({ namespace: 'm', service: 's', port: 80, localPort: 3000 })).toContain(
    "ssh -L 3000:127.0.0.1:3000 -J bruce@jump:22 drawbridge@10.0.0.9 'sudo kubectl",
  )
})
