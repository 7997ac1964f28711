import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { Socket } from 'node:net'
import path from 'node:path'
import { Client } from 'ssh2'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { rescueJobs } from '@/lib/db/job-claims'
import { enqueueJob, retryJob } from '@/lib/db/jobs'
import { readEvents } from '@/lib/db/journal'
import { findObserved } from '@/lib/db/observations'
import { atTheBox } from '@/lib/db/who'
import { socks5Dialer } from '@/lib/io/dialer'
import { kubernetesClient } from '@/lib/kubernetes/client'
import { readdress } from '@/lib/kubernetes/kubeconfig'
import type { Fault } from '@/lib/lab/faults'
import { adminConf } from '@/lib/lab/kubernetes/admin-conf'
import { labSummary } from '@/lib/lab/summary'
import type { Goal, Plan } from '@/lib/plan/plan'
import { DARK_KNIGHT } from '@/lib/topology/blueprints/dark-knight'
import { startLab } from '../lab/start-lab'
import { bundleProvisioner, startChild } from './testing/child'
import {
  addTopology,
  carryOut,
  type Homelab,
  mustPlan,
  planNow,
  startHomelab,
  waitForEnd,
  whatFailed,
} from './testing/homelab'
import { watchTopologies } from './watch'

/**
 * The whole journey of a homelab, empty to eight VMs, six nodes and their add-ons, on the lab: once,
 * because it is long, and with everything that may happen to it on the way.
 */
let home: Homelab
let topologyId: string
let plan: Plan
let jobId: string
/** Tokens and keys that the lab's clusters made: they live for minutes. */
const made = new Set<string>()
const dialled = vi.spyOn(Socket.prototype, 'connect')
const commands = vi.spyOn(Client.prototype, 'exec')
const LONG = 280_000

beforeAll(async () => {
  home = await startHomelab({ speed: 120, run: false })
  home.lab.engine.onChange(noteSecrets)
  await Promise.all([putFailingHelmFirst(), bundleProvisioner()])
  topologyId = await addTopology(home, DARK_KNIGHT)
  plan = await mustPlan(home, topologyId, { kind: 'deploy' })
})
afterAll(() => home.close())

function noteSecrets() {
  for (const kube of Object.values(home.lab.engine.state.kubernetes?.clusters ?? {})) {
    for (const { token } of kube.tokens) made.add(token)
    if (kube.certificateKey) made.add(kube.certificateKey.key)
    for (const pem of [kube.ca.caKey, kube.ca.adminKey]) made.add(longestLine(pem))
  }
}

const longestLine = (text: string) =>
  text.split('\n').toSorted((a, b) => b.length - a.length)[0] ?? text

/** A `helm` that fails stands first in PATH; only the connection's own may be run. */
async function putFailingHelmFirst() {
  const folder = path.join(home.dataDir, 'bin')
  await mkdir(folder)
  await writeFile(path.join(folder, 'helm'), '#!/bin/sh\necho "the wrong helm" >&2\nexit 1\n')
  await chmod(path.join(folder, 'helm'), 0o755)
  process.env.PATH = `${folder}:${process.env.PATH}`
}

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never
const provoke = (...faults: WithoutId<Fault>[]) =>
  home.lab.engine.change(({ state }) => {
    state.faults = faults.map((fault, index) => ({ ...fault, id: `f${index}` }) as Fault)
  })

const look = () => home.lab.engine.change((lab) => labSummary(lab))
const vmidOf = (vm: string): number => {
  const clone = plan.steps.find((step) => step.id === `vm.clone:${vm}`)
  if (clone?.kind !== 'vm.clone') throw new Error(`the plan clones no ${vm}`)
  return clone.args.ref.vmid
}
const stateNow = () => waitForEnd(home, jobId)
const logOf = (id: string) => home.shop.store.read(id, 0, 100_000)
const clusterNow = async () => {
  const seen = (await findObserved(home.db, topologyId))?.clusters['dark-knight']
  if (seen?.state !== 'known') throw new Error(`the cluster is ${JSON.stringify(seen)}`)
  return seen.value
}

async function retry() {
  await retryJob(home.db, jobId, atTheBox('test'), Date.now())
  home.provisioner.wake()
  return stateNow()
}

/** Resolves when the lab runs this unit on the machine; `then` is called at that very instant. */
function unitRuns(vm: string, unit: string, then: () => void): Promise<void> {
  const { engine } = home.lab
  return new Promise((resolve) => {
    const stop = engine.onChange(() => {
      const units = Object.entries(engine.state.vms[vmidOf(vm)]?.guest?.units ?? {})
      const runs = units.some(([name, { process }]) => name.startsWith(unit) && process !== null)
      if (!runs) return
      stop()
      then()
      resolve()
    })
  })
}

describe('a deploy from nothing', () => {
  test('a worker killed in the middle of kubeadm init leaves it running', {
    timeout: LONG,
  }, async () => {
    provoke(
      {
        kind: 'command-fails',
        command: 'kubeadm join',
        vmid: vmidOf('k8s-worker-3'),
        ...JOIN_FAULT,
      },
      { kind: 'pod-stuck', pod: 'velero', message: 'manifest for velero/velero unknown' },
      // So that it still runs when the next worker comes.
      { kind: 'slow', task: 'kubeadm init', factor: 20 },
    )
    const output: string[] = []
    const job = { kind: 'deploy' as const, title: 'Deploy', by: 'test', topologyId, plan }
    jobId = await enqueueJob(home.db, job, Date.now())
    const child = await startChild(home.dataDir, output)
    await unitRuns('k8s-master-1', 'drawbridge-kubeadm-init', () => child.killNow())
    await child.kill()
    const steps = (await readEvents(home.db, jobId)).filter((event) => event.type === 'step-failed')
    expect(steps, output.join('')).toEqual([])
  })

  test('the next attaches to it, and a join that fails in its middle ends the job with its words', {
    timeout: LONG,
  }, async () => {
    await rescueJobs(home.db, () => true)
    home.provisioner.start()
    const state = await stateNow()
    expect(state, whatFailed(home, jobId, state)).toMatchObject({
      status: 'failed',
      error: { code: 'k8s.join-failed' },
      steps: { 'k8s.init:dark-knight': { status: 'succeeded', changed: true, attempts: 2 } },
    })
    expect(state.error?.message).toMatch(
      /^k8s-worker-3 did not join dark-knight\. .*kubeadm said: .*timed out/,
    )
    const said = logOf(jobId)
      .filter(({ stepId }) => stepId === 'k8s.init:dark-knight')
      .map(({ text }) => text)
    const begins = said.filter((text) => text.startsWith('[init] Using Kubernetes'))
    expect(begins, said.join('\n')).toHaveLength(1)
    expect(Object.keys(home.lab.engine.state.kubernetes?.clusters ?? {})).toHaveLength(1)
  })

  test('Retry goes on from there; an add-on that never gets ready fails alone with its pod', {
    timeout: LONG,
  }, async () => {
    const state = await retry()
    const failed = Object.entries(state.steps).filter(([, step]) => step.status === 'failed')
    expect(failed.map(([id]) => id)).toEqual(['addon.install:dark-knight/velero'])
    expect(state.error?.message).toMatch(
      /^velero is not ready: pod velero-\w+ is in ImagePullBackOff \(manifest .* unknown\)/,
    )
    expect(state.steps['k8s.join-worker:k8s-worker-3']).toMatchObject({ attempts: 2 })
    expect(state.steps['k8s.join-worker:k8s-worker-1']).toMatchObject({ attempts: 1 })
    const left = plan.steps.filter((step) => state.steps[step.id]?.status !== 'succeeded')
    expect(left.map((step) => step.id)).toEqual(['addon.install:dark-knight/velero'])
  })

  test('without the fault Retry finishes: eight VMs, six nodes Ready, every add-on deployed', {
    timeout: LONG,
  }, async () => {
    provoke()
    const state = await retry()
    expect(state.status, whatFailed(home, jobId, state)).toBe('succeeded')
    const machines = look().vms.filter((vm) => vm.running && vm.description?.includes('/vms/'))
    expect(machines).toHaveLength(8)
    const cluster = await clusterNow()
    expect(cluster.nodes.map(({ name, ready }) => [name, ready]).toSorted()).toEqual([
      ...['k8s-master-1', 'k8s-master-2', 'k8s-master-3'].map((name) => [name, true]),
      ...['k8s-worker-1', 'k8s-worker-2', 'k8s-worker-3'].map((name) => [name, true]),
    ])
    expect(cluster.etcdMembers).toHaveLength(3)
    expect(cluster.unwellPods).toEqual([])
    const releases = Object.values(cluster.releases)
    expect(new Set(releases.map(({ status }) => status))).toEqual(new Set(['deployed']))
    expect(releases).toHaveLength(13)
  })

  test('a second deploy has nothing to do', async () => {
    expect((await mustPlan(home, topologyId, { kind: 'deploy' })).steps).toEqual([])
  })

  test('the Helm in PATH was not asked; the one that was says that it is a stand-in', () => {
    const lines = logOf(jobId).map(({ text }) => text)
    expect(lines.filter((text) => text.includes('the wrong helm'))).toEqual([])
    expect(lines.some((text) => text.includes('a simulation, not Helm'))).toBe(true)
  })
})

test('a node that is lost is noticed, and at once when it is back', async () => {
  const said: string[] = []
  // After its first look it never looks again unless the cluster itself tells of a change.
  const watching = watchTopologies(home.shop, (line) => said.push(line), Number.POSITIVE_INFINITY)
  const seenReady = async (ready: boolean) => {
    for (;;) {
      const node = (await clusterNow()).nodes.find(({ name }) => name === 'k8s-worker-3')
      if (node?.ready === ready) return
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  const kubelet = (active: 'active' | 'inactive') =>
    home.lab.engine.change(({ state }) => {
      const unit = state.vms[vmidOf('k8s-worker-3')]?.guest?.units.kubelet
      if (unit) unit.active = active
    })
  try {
    kubelet('inactive')
    await seenReady(false)
    kubelet('active')
    await seenReady(true)
    expect(said).toEqual([])
  } finally {
    await watching.stop()
  }
})

test('a cluster that does not answer is unknown with its reason, and nothing is planned on it', async () => {
  provoke({ kind: 'guest-unreachable', vmid: vmidOf('haproxy-lb') })
  const result = await planNow(home, topologyId, { kind: 'deploy' })
  provoke()
  if (result.ok) throw new Error('a plan was made of a cluster that nobody could see')
  expect(result.refusals.map(({ code }) => code)).toContain('plan.unknown-cluster')
  expect(result.refusals.map(({ message }) => message).join()).toMatch(/does not answer/)
  expect((await mustPlan(home, topologyId, { kind: 'deploy' })).steps).toEqual([])
})

test('a lab that is started again has its machines and its cluster as they were', async () => {
  const dataDir = path.join(home.dataDir, 'again')
  await mkdir(path.join(dataDir, 'lab'), { recursive: true })
  const { kubernetes, vms } = home.lab.engine.state
  const state = JSON.stringify(home.lab.engine.state)
  await writeFile(path.join(dataDir, 'lab', 'state.json'), state)
  const again = await startLab({ dataDir, port: 0, speed: 120 })
  const [kube] = Object.values(kubernetes?.clusters ?? {})
  if (!kube) throw new Error('the lab has no cluster')
  const endpoint = { name: kube.endpoint.name, address: addressOf('haproxy-lb'), port: 6443 }
  const kubeconfig = readdress(adminConf(kube), endpoint, null)
  const client = kubernetesClient({ kubeconfig, dialer: socks5Dialer(again.connection.socks) })
  const nodes = await client.list('/api/v1/nodes')
  expect(nodes).toHaveLength(6)
  expect(Object.keys(again.engine.state.vms)).toEqual(Object.keys(vms))
  await client.close()
  await again.close()
})

const addressOf = (name: string): string =>
  look()
    .vms.find((vm) => vm.name === name)
    ?.addresses[0]?.split('/')[0] ?? ''

describe('rebuilding a worker', () => {
  const rebuild: Goal = { kind: 'rebuild', vm: 'k8s-worker-2' }

  test('drains it, makes it anew with its data, and touches no other machine', {
    timeout: LONG,
  }, async () => {
    const before = look()
    const disk = dataDiskOf(before, 'k8s-worker-2')
    await carryOut(home, topologyId, rebuild)
    const after = look()
    const vmid = vmidOf('k8s-worker-2')
    const identity = ({ vms }: typeof before, id: number) => {
      const vm = vms.find((each) => each.vmid === id)
      return { uuid: vm?.uuid, digest: vm?.digest, startedWall: vm?.startedWall }
    }
    for (const vm of before.vms.filter((each) => each.vmid !== vmid))
      expect(identity(after, vm.vmid), vm.name ?? '').toEqual(identity(before, vm.vmid))
    expect(identity(after, vmid).uuid).not.toBe(identity(before, vmid).uuid)
    expect(dataDiskOf(after, 'k8s-worker-2')).toEqual(disk)
    expect(disk.fs?.uuid).toMatch(/^[\w-]{36}$/)
    const cluster = await clusterNow()
    const node = cluster.nodes.find(({ name }) => name === 'k8s-worker-2')
    expect(node).toMatchObject({ ready: true, schedulable: true })
    expect(cluster.nodes).toHaveLength(6)
  })

  test('leaves nothing to do', async () => {
    expect((await mustPlan(home, topologyId, { kind: 'deploy' })).steps).toEqual([])
  })
})

/** The data disk of a machine: its serial, and the file system on it. */
function dataDiskOf({ vms, volumes }: ReturnType<typeof look>, name: string) {
  const line = vms.find((vm) => vm.name === name)?.config.scsi1 ?? ''
  const volume = volumes.find(({ volid }) => line.startsWith(`${volid},`))
  return { serial: /serial=(\w+)/.exec(line)?.[1], fs: volume?.fs }
}

describe('what all this left behind', () => {
  test('nothing but loopback was dialled', () => {
    const hosts = (dialled.mock.calls as unknown[][]).map(([first, second]) => {
      const options = (Array.isArray(first) ? first[0] : first) as { host?: string; path?: string }
      return typeof first === 'number' ? (second ?? 'localhost') : (options.host ?? options.path)
    })
    expect(hosts.length).toBeGreaterThan(20)
    expect([...new Set(hosts)]).toEqual(['127.0.0.1'])
  })

  test('no token and no key is in a log, the journal, the database or a command line', async () => {
    const texts = await everythingKept()
    const secrets = await everySecret()
    expect(secrets.length).toBeGreaterThan(15)
    for (const [name, secret] of secrets)
      for (const [where, text] of texts)
        expect(text.includes(secret), `${name} in ${where}`).toBe(false)
  })
})

/** Every sealed secret, by the part of it that is in no other, and what the clusters made. */
async function everySecret(): Promise<[string, string][]> {
  const rows = await home.db.sealedSecret.findMany({ select: { name: true } })
  const sealed = await Promise.all(
    rows.map(async ({ name }): Promise<[string, string]> => {
      const text = (await home.shop.secrets.find(name))?.reveal() ?? ''
      expect(text.length, name).toBeGreaterThan(15)
      const key = /client-key-data: (\S+)/.exec(text)?.[1]
      // Of a private key a line from its middle: its first ones are the same in every key.
      return [name, key ?? text.split('\n').toSorted((a, b) => b.length - a.length)[1] ?? text]
    }),
  )
  return [...sealed, ...[...made].map((value): [string, string] => ['made in the lab', value])]
}

async function everythingKept(): Promise<[string, string][]> {
  const files = (await readdir(home.dataDir)).filter((name) => /\.db(-wal)?$/.test(name))
  const stored = await Promise.all(
    files.map(async (name): Promise<[string, string]> => {
      return [name, await readFile(path.join(home.dataDir, name), 'latin1')]
    }),
  )
  const jobs = await home.db.job.findMany({ select: { id: true } })
  const told = await Promise.all(
    jobs.map(async ({ id }): Promise<[string, string]> => {
      const lines = logOf(id).map(({ text }) => text)
      return [`job ${id}`, [...lines, JSON.stringify(await readEvents(home.db, id))].join('\n')]
    }),
  )
  const sent = commands.mock.calls.map(([command]) => command).join('\n')
  expect(sent).toContain('kubeadm')
  return [...stored, ...told, ['commands over SSH', sent]]
}

describe('destroying it', () => {
  test('leaves no machine, and a fresh deploy is not kept off by what is known of the old cluster', {
    timeout: LONG,
  }, async () => {
    const { steps } = await mustPlan(home, topologyId, { kind: 'destroy', disks: [] })
    const disks = steps.flatMap((step) => (step.kind === 'disk.park' ? step.args.serial : []))
    expect(disks).toHaveLength(4)
    await carryOut(home, topologyId, { kind: 'destroy', disks })
    expect(look().vms.filter((vm) => vm.description?.includes('/vms/'))).toEqual([])
    const again = await mustPlan(home, topologyId, { kind: 'deploy' })
    expect(again.steps.map((step) => step.id)).toContain('k8s.init:dark-knight')
  })
})

const JOIN_FAULT = {
  message: 'error execution phase kubelet-start: timed out waiting for the condition',
  after: 3,
  times: 1,
} as const
