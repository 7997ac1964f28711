import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { Socket } from 'node:net'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { findJob, requestCancel, retryJob } from '@/lib/db/jobs'
import { findRevision, saveRevision, toStored } from '@/lib/db/revisions'
import { atTheBox } from '@/lib/db/who'
import { labSummary } from '@/lib/lab/summary'
import { connectionTokenName, hostKeyName, userKeyName } from '@/lib/plan/secret-names'
import type { Change } from '@/lib/topology/change'
import { rewriteText } from '@/lib/topology/rewrite'
import {
  addTopology,
  carryOut,
  enqueue,
  type Homelab,
  mustPlan,
  planNow,
  startHomelab,
  waitForEnd,
} from './testing/homelab'
import { TWO_VMS } from './testing/two-vms'

let home: Homelab
let topologyId: string
const dialled = vi.spyOn(Socket.prototype, 'connect')

beforeAll(async () => {
  home = await startHomelab({ speed: 600 })
  topologyId = await addTopology(home, TWO_VMS)
})
afterAll(() => home.close())

const look = () => home.lab.engine.change((lab) => labSummary(lab))
const vmIn = (name: string) => look().vms.find((vm) => vm.name === name)

/** Saves the document with these changes on top of its head. */
async function edit(...changes: Change[]): Promise<void> {
  const head = toStored(await findRevision(home.db, topologyId))
  await saveRevision(home.db, {
    ...{ topologyId, parent: head.revision.number, message: 'edit', actor: atTheBox('test') },
    ...{ text: rewriteText(head.text, changes), now: Date.now() },
  })
}

test('deploy makes what is drawn; a second deploy has nothing to do', async () => {
  await carryOut(home, topologyId, { kind: 'deploy' })
  expect([vmIn('web')?.running, vmIn('app')?.running]).toEqual([true, true])
  expect(vmIn('web')?.addresses).toContain('10.9.0.50/24')
  expect(vmIn('web')?.config.ide2 ?? '').not.toContain('seed')
  const again = await mustPlan(home, topologyId, { kind: 'deploy' })
  expect(again.steps).toEqual([])
  const { appliedRevision } = await home.db.topology.findUniqueOrThrow({
    where: { id: topologyId },
  })
  expect(appliedRevision).toBe(1)
})

test('during all this nothing but loopback was dialled', () => {
  const hosts = (dialled.mock.calls as unknown[][]).map(([first, second]) => {
    const options = (Array.isArray(first) ? first[0] : first) as { host?: string; path?: string }
    return typeof first === 'number' ? (second ?? 'localhost') : (options.host ?? options.path)
  })
  expect(hosts.length).toBeGreaterThan(5)
  expect([...new Set(hosts)]).toEqual(['127.0.0.1'])
})

test('no secret of a deploy is in the database, a log or the process list', async () => {
  const names = [
    connectionTokenName('lab'),
    userKeyName(topologyId),
    hostKeyName(topologyId, 'web'),
    hostKeyName(topologyId, 'app'),
  ]
  const texts = await readStored()
  for (const name of names) {
    const secret = (await home.shop.secrets.find(name))?.reveal() ?? ''
    expect(secret.length, name).toBeGreaterThan(20)
    // A line from the middle of a key: its first ones are the same in every key.
    const needle = secret.split('\n').toSorted((a, b) => b.length - a.length)[1] ?? secret
    for (const [where, text] of texts)
      expect(text.includes(needle), `${name} in ${where}`).toBe(false)
  }
})

/** Everything that a deploy leaves behind beside the sealed key, by where it is. */
async function readStored(): Promise<[string, string][]> {
  const files = (await readdir(home.dataDir)).filter((name) => /\.db(-wal)?$/.test(name))
  expect(files).toContain('panel.db')
  const stored = files.map(async (name): Promise<[string, string]> => {
    return [name, await readFile(path.join(home.dataDir, name), 'latin1')]
  })
  const jobs = await home.db.job.findMany({ select: { id: true } })
  const logs = jobs.map(({ id }): [string, string] => {
    return [
      `log of ${id}`,
      home.shop.store
        .read(id, 0, 100_000)
        .map((line) => line.text)
        .join('\n'),
    ]
  })
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'args'])
  return [...(await Promise.all(stored)), ...logs, ['process list', stdout]]
}

test.each<[string, Change['to']]>([
  ['memoryMib', 3072],
  ['cpus', 3],
  ['balloonMib', 512],
  ['cpuType', 'host'],
  ['machine', 'i440fx'],
  ['bios', 'ovmf'],
  ['agent', false],
  ['onBoot', false],
  ['startOrder', 7],
  ['startDelayS', 30],
  ['protection', true],
  ['tags', ['one', 'two']],
  ['nics/lan/firewall', true],
  ['nics/lan/model', 'e1000'],
  ['nics/lan/mtu', 1400],
  ['disks/root/sizeGib', 25],
  ['disks/root/discard', false],
  ['disks/root/ssd', false],
  ['disks/root/iothread', false],
  ['disks/extra', { kind: 'data', sizeGib: 3 }],
])('changing %s changes only that VM, and then nothing is left to do', async (field, to) => {
  const web = vmIn('web')
  await edit({ path: ['vms', 'app', ...field.split('/')], to })
  const plan = await carryOut(home, topologyId, { kind: 'deploy' })
  expect(plan.changes.map((change) => change.name)).toEqual(['app'])
  expect((await mustPlan(home, topologyId, { kind: 'deploy' })).steps).toEqual([])
  expect(vmIn('web')).toMatchObject({
    ...{ digest: web?.digest, uuid: web?.uuid, startedWall: web?.startedWall },
  })
})

test('a host that does not answer refuses the plan as unknown, and nothing is changed', async () => {
  await edit({ path: ['vms', 'app', 'cpus'], to: 4 })
  home.lab.engine.change((lab) => {
    lab.state.faults.push({ id: 'f', kind: 'host-down', node: 'pve1', how: 'refused' } as never)
  })
  const result = await planNow(home, topologyId, { kind: 'deploy' })
  expect(result).toMatchObject({ ok: false, refusals: [{ code: 'plan.unknown-host' }] })
  home.lab.engine.change((lab) => {
    lab.state.faults = []
  })
  await carryOut(home, topologyId, { kind: 'deploy' })
})

test('a job whose plan has become another one waits for approval of the difference', async () => {
  await edit({ path: ['vms', 'app', 'cpus'], to: 5 })
  const plan = await mustPlan(home, topologyId, { kind: 'deploy' })
  const stopped = await mustPlan(home, topologyId, { kind: 'stop', vm: 'web' })
  await waitForEnd(home, await enqueue(home, topologyId, stopped))
  const jobId = await enqueue(home, topologyId, plan)
  expect((await waitForEnd(home, jobId)).status).toBe('awaiting-approval')
  const job = await findJob(home.db, jobId, Date.now())
  expect(job?.plan?.steps.map((step) => step.id)).toContain('vm.start:web')
  expect(job?.events.at(-1)).toMatchObject({ type: 'approval-asked' })
  await requestCancel(home.db, jobId, atTheBox('test'), Date.now())
  await carryOut(home, topologyId, { kind: 'deploy' })
})

test('a step that fails ends its job with the reason; Retry goes on from there', async () => {
  await edit({ path: ['vms', 'app', 'cpus'], to: 6 })
  home.lab.engine.change((lab) => {
    const fault = { id: 'f', kind: 'task-fails', task: 'qmshutdown', message: 'no such luck' }
    lab.state.faults.push(
      { ...fault, times: 9 } as never,
      { ...fault, id: 'g', task: 'qmreboot', times: 9 } as never,
      { ...fault, id: 'h', task: 'qmstop', times: 9 } as never,
    )
  })
  const jobId = await enqueue(
    home,
    topologyId,
    await mustPlan(home, topologyId, { kind: 'deploy' }),
  )
  const failed = await waitForEnd(home, jobId)
  expect(failed).toMatchObject({
    ...{ status: 'failed', error: { code: 'proxmox.task-failed' } },
    steps: { 'vm.configure:app': { status: 'succeeded', attempts: 1 } },
  })
  home.lab.engine.change((lab) => {
    lab.state.faults = []
  })
  await retryJob(home.db, jobId, atTheBox('test'), Date.now())
  home.provisioner.wake()
  const retried = await waitForEnd(home, jobId)
  expect(retried).toMatchObject({
    status: 'succeeded',
    steps: {
      'vm.configure:app': { status: 'succeeded', attempts: 1 },
      'vm.restart:app': { status: 'succeeded', attempts: 2 },
    },
  })
})

test('rebuild makes one VM anew, keeps its data disk and touches no other', async () => {
  const [web, app] = [vmIn('web'), vmIn('app')]
  const serial = /serial=(\w+)/.exec(web?.config.scsi1 ?? '')?.[1]
  await carryOut(home, topologyId, { kind: 'rebuild', vm: 'web' })
  const after = vmIn('web')
  expect(after?.uuid).not.toBe(web?.uuid)
  expect(after?.config.scsi1).toContain(serial)
  expect(vmIn('app')).toMatchObject({
    ...{ digest: app?.digest, uuid: app?.uuid, startedWall: app?.startedWall },
  })
  expect((await mustPlan(home, topologyId, { kind: 'deploy' })).steps).toEqual([])
})

test('destroy keeps data disks that were not ticked and leaves nothing when all are', async () => {
  await carryOut(home, topologyId, { kind: 'destroy', disks: [] })
  const names = look()
    .vms.filter((vm) => vm.description?.includes('drawbridge:'))
    .map((vm) => vm.name)
  expect(names).toEqual([expect.stringContaining('kept-disks')])
  await carryOut(home, topologyId, { kind: 'deploy' })
  expect(vmIn('web')?.config.scsi1).toMatch(/serial=db/)
  const plan = await mustPlan(home, topologyId, { kind: 'destroy', disks: [] })
  const disks = plan.steps.flatMap((step) => (step.kind === 'disk.park' ? step.args.serial : []))
  await carryOut(home, topologyId, { kind: 'destroy', disks })
  expect(look().vms.filter((vm) => vm.description?.includes('drawbridge:'))).toEqual([])
})
