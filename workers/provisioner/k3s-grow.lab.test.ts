import { afterAll, beforeAll, expect, test } from 'vitest'
import { findObserved } from '@/lib/db/observations'
import { findRevision, saveRevision } from '@/lib/db/revisions'
import { atTheBox } from '@/lib/db/who'
import {
  addTopology,
  carryOut,
  type Homelab,
  mustPlan,
  planNow,
  startHomelab,
} from './testing/homelab'
import { k3sCluster, machine } from './testing/k3s-cluster'

/** The smallest cluster of k3s, and what becomes of it over the years. */
const LONG = 120_000
const DEPLOY = { kind: 'deploy' } as const
let home: Homelab
let topologyId: string

beforeAll(async () => {
  home = await startHomelab({ speed: 300 })
  const more = '    addOns: { metrics-server: {} }\n'
  topologyId = await addTopology(home, k3sCluster({ servers: ['s1'], agents: [], more }))
})
afterAll(() => home.close())

const clusterNow = async () => {
  const seen = (await findObserved(home.db, topologyId))?.clusters.edge
  if (seen?.state !== 'known') throw new Error(`the cluster is ${JSON.stringify(seen)}`)
  return seen.value
}

async function redraw(change: (text: string) => string) {
  const { text, number: parent } = await findRevision(home.db, topologyId)
  const save = { topologyId, text: change(text), parent, message: 'more', now: Date.now() }
  await saveRevision(home.db, { ...save, actor: atTheBox('test') })
}

test('one server keeps everything in SQLite and takes pods itself', { timeout: LONG }, async () => {
  await carryOut(home, topologyId, DEPLOY)
  const { nodes, etcdMembers, releases, unwellPods, made } = await clusterNow()
  expect(nodes).toMatchObject([{ name: 's1', ready: true, roles: ['control-plane'] }])
  expect(etcdMembers).toEqual([])
  expect(unwellPods).toEqual([])
  expect(releases['kube-system/metrics-server']).toMatchObject({ status: 'deployed' })
  expect(made).toEqual({
    ...{ podCidr: '10.245.0.0/16', serviceCidr: '10.97.0.0/16', network: 'flannel' },
    ...{ encryptSecrets: false, audit: false },
  })
  expect((await mustPlan(home, topologyId, DEPLOY)).steps).toEqual([])
})

test('it is there again after its machine was restarted with more memory', {
  timeout: LONG,
}, async () => {
  await redraw((text) => text.replace('memoryMib: 2048', 'memoryMib: 3072'))
  const plan = await carryOut(home, topologyId, DEPLOY)
  expect(plan.steps.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['vm.restart:s1', 'k8s.node-ready:s1']),
  )
  expect((await clusterNow()).nodes).toMatchObject([{ name: 's1', ready: true }])
  expect((await mustPlan(home, topologyId, DEPLOY)).steps).toEqual([])
})

test('what a cluster of k3s cannot become is refused, field by field', async () => {
  const { text } = await findRevision(home.db, topologyId)
  const cases: [from: string, to: string, word: string][] = [
    ['podCidr: 10.245.0.0/16', 'podCidr: 10.246.0.0/16', 'podCidr'],
    ['distribution: k3s', 'distribution: kubeadm', 'distribution k3s'],
    ['distribution: k3s', 'distribution: k3s\n    cni: { kind: calico }', 'network flannel'],
  ]
  for (const [from, to, word] of cases) {
    await redraw((now) => now.replace(from, to))
    const result = await planNow(home, topologyId, DEPLOY)
    expect(result, word).toMatchObject({ ok: false })
    if (!result.ok) expect(result.refusals.map(({ message }) => message).join(), to).toContain(word)
    await redraw(() => text)
  }
})

test('what its servers were started with is left, and told', async () => {
  const { text } = await findRevision(home.db, topologyId)
  await redraw((now) =>
    now.replace(
      'distribution: k3s',
      'distribution: k3s\n    encryptSecrets: true\n    audit: { level: metadata }',
    ),
  )
  const { steps, notes } = await mustPlan(home, topologyId, DEPLOY)
  expect(steps).toEqual([])
  expect(notes.join('\n')).toMatch(/Secrets not encrypted[\s\S]*without an audit log/)
  await redraw(() => text)
})

test('with two more servers its data moves to etcd', { timeout: LONG }, async () => {
  await redraw((text) =>
    text
      .replace('vms:\n', `vms:\n${machine('s2', 'control-plane')}${machine('s3', 'control-plane')}`)
      .replace('controlPlanes: [s1]', 'controlPlanes: [s1, s2, s3]'),
  )
  const plan = await carryOut(home, topologyId, DEPLOY)
  const moves = plan.steps.find(({ id }) => id === 'k3s.server:edge')
  expect(moves).toMatchObject({ effect: 'change', reason: expect.stringContaining('SQLite') })
  const join = plan.steps.find(({ id }) => id === 'k3s.join-server:s2')
  expect(join?.needs).toContain('k3s.server:edge')
  const { nodes, etcdMembers } = await clusterNow()
  expect(nodes.filter(({ ready }) => ready)).toHaveLength(3)
  expect(etcdMembers.map(({ name }) => name).toSorted()).toEqual(['s1', 's2', 's3'])
  expect((await mustPlan(home, topologyId, DEPLOY)).steps).toEqual([])
})
