import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rescueJobs } from '@/lib/db/job-claims'
import { enqueueJob } from '@/lib/db/jobs'
import { readEvents } from '@/lib/db/journal'
import { findObserved } from '@/lib/db/observations'
import { findRevision, saveRevision } from '@/lib/db/revisions'
import { atTheBox } from '@/lib/db/who'
import { journalOf } from '@/lib/lab/kubernetes/k3s/journal'
import type { Kube } from '@/lib/lab/kubernetes/kube'
import { bundleProvisioner, startChild } from './testing/child'
import {
  addTopology,
  carryOut,
  type Homelab,
  mustPlan,
  startHomelab,
  waitForEnd,
  whatFailed,
} from './testing/homelab'
import { k3sCluster, machine } from './testing/k3s-cluster'

const LONG = 200_000
const actor = atTheBox('test')
const DEPLOY = { kind: 'deploy' } as const
const SERVERS = ['s1', 's2', 's3']

const clusterNow = async (home: Homelab, topologyId: string) => {
  const seen = (await findObserved(home.db, topologyId))?.clusters.edge
  if (seen?.state !== 'known') throw new Error(`the cluster is ${JSON.stringify(seen)}`)
  return seen.value
}
const kubeOf = (home: Homelab): Kube => {
  const found = Object.values(home.lab.engine.state.kubernetes?.clusters ?? {}).find(
    ({ k3s }) => k3s !== undefined,
  )
  if (!found) throw new Error('the lab has no cluster of k3s')
  return found
}
const vmNamed = (home: Homelab, name: string) =>
  Object.values(home.lab.engine.state.vms).find(({ config }) => config.name === name)

describe('three servers behind a load balancer, two agents', () => {
  let home: Homelab
  let topologyId: string
  let jobId: string
  const startsOf = (name: string) => {
    const vm = vmNamed(home, name)
    const lines = vm ? home.lab.engine.change((lab) => journalOf(lab, vm, 'k3s')) : []
    return lines.filter((line) => line.includes('Starting k3s'))
  }

  const slow = (factor: number | null) =>
    home.lab.engine.change(({ state }) => {
      const task = '/usr/local/bin/k3s server'
      state.faults = factor === null ? [] : [{ kind: 'slow', id: 'f1', task, factor }]
    })

  beforeAll(async () => {
    home = await startHomelab({ speed: 240, run: false })
    await bundleProvisioner()
    const text = k3sCluster({
      ...{ servers: SERVERS, agents: ['a1', 'a2'], front: 'front' },
      more: '    addOns: { local-path-provisioner: {}, metrics-server: {} }\n',
    })
    topologyId = await addTopology(home, text)
  })
  afterAll(() => home.close())

  test('a worker killed while a server joins leaves it joining', { timeout: LONG }, async () => {
    // So that it still joins when the next worker comes.
    slow(120)
    const plan = await mustPlan(home, topologyId, DEPLOY)
    const job = { kind: 'deploy' as const, title: 'Deploy', by: 'test', topologyId, plan }
    jobId = await enqueueJob(home.db, job, Date.now())
    const output: string[] = []
    const child = await startChild(home.dataDir, output)
    const { engine } = home.lab
    await new Promise<void>((resolve) => {
      const stop = engine.onChange(() => {
        if (vmNamed(home, 's2')?.guest?.units.k3s?.active !== 'activating') return
        stop()
        child.killNow()
        resolve()
      })
    })
    await child.kill()
    slow(null)
    const failed = (await readEvents(home.db, jobId)).filter(({ type }) => type === 'step-failed')
    expect(failed, output.join('')).toEqual([])
  })

  test('the next one waits for it, and goes on to the end', { timeout: LONG }, async () => {
    await rescueJobs(home.db, () => true)
    home.provisioner.start()
    const state = await waitForEnd(home, jobId)
    expect(state.status, whatFailed(home, jobId, state)).toBe('succeeded')
    expect(state.steps['k3s.join-server:s2']).toMatchObject({ attempts: 2 })
    expect(startsOf('s2')).toHaveLength(1)
    const cluster = await clusterNow(home, topologyId)
    expect(cluster.nodes.map(({ name, ready }) => [name, ready]).toSorted()).toEqual(
      ['a1', 'a2', ...SERVERS].map((name) => [name, true]),
    )
    expect(cluster.etcdMembers.map(({ name, learner }) => [name, learner]).toSorted()).toEqual(
      SERVERS.map((name) => [name, false]),
    )
    expect(cluster.unwellPods).toEqual([])
    expect(new Set(Object.values(cluster.releases).map(({ status }) => status))).toEqual(
      new Set(['deployed']),
    )
  })

  test('a second deploy has nothing to do', async () => {
    expect((await mustPlan(home, topologyId, DEPLOY)).steps).toEqual([])
  })

  test('no token is in a log or the journal, and each is read by root alone', async () => {
    const { serverToken, agentToken } = kubeOf(home).k3s ?? { serverToken: '', agentToken: '' }
    expect(serverToken).toMatch(/^[0-9a-f]{64}$/)
    expect(agentToken).not.toBe(serverToken)
    const kept = [
      ...home.shop.store.read(jobId, 0, 100_000).map(({ text }) => text),
      JSON.stringify(await readEvents(home.db, jobId)),
    ].join('\n')
    for (const token of [serverToken, agentToken]) expect(kept).not.toContain(token)
    const files = Object.values(home.lab.engine.state.volumes).flatMap(({ disk }) =>
      Object.entries(disk?.files ?? {}),
    )
    const holding = files.filter(
      ([, file]) => file.kind === 'file' && file.text.includes(agentToken),
    )
    expect(holding.length).toBeGreaterThan(5)
    for (const [path, file] of holding) expect(file.kind === 'file' && file.mode, path).toBe(0o600)
  })

  test('an agent is rebuilt under its name, and only it', { timeout: LONG }, async () => {
    const before = vmNamed(home, 's1')?.guest?.bootId
    const plan = await carryOut(home, topologyId, { kind: 'rebuild', vm: 'a2' })
    expect(plan.steps.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['k8s.drain:a2', 'k8s.remove-node:a2', 'k3s.join-agent:a2']),
    )
    const { nodes } = await clusterNow(home, topologyId)
    expect(nodes).toHaveLength(5)
    expect(nodes.find(({ name }) => name === 'a2')).toMatchObject({
      ready: true,
      schedulable: true,
    })
    expect(vmNamed(home, 's1')?.guest?.bootId).toBe(before)
    expect((await mustPlan(home, topologyId, DEPLOY)).steps).toEqual([])
  })

  test('an agent that is drawn beside them joins, and nothing else is done', {
    timeout: LONG,
  }, async () => {
    const { text, number } = await findRevision(home.db, topologyId)
    const drawn = text
      .replace('vms:\n', `vms:\n${machine('a3', 'worker')}`)
      .replace('workers: [a1, a2]', 'workers: [a1, a2, a3]')
    const save = { topologyId, text: drawn, parent: number, message: 'one more', now: Date.now() }
    await saveRevision(home.db, { ...save, actor })
    const plan = await carryOut(home, topologyId, DEPLOY)
    const touched = plan.steps.filter(({ object }) => !object.includes('a3'))
    expect(touched.map(({ id }) => id)).toEqual([])
    const { nodes } = await clusterNow(home, topologyId)
    expect(nodes.filter(({ ready }) => ready)).toHaveLength(6)
  })
})
