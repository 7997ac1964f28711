import { expect, test } from 'vitest'
import { interceptCall } from './call-faults'
import { haOf } from './cluster-state'
import { faultKinds } from './fault-table'
import type { FaultKind } from './faults'
import { networkOf } from './host-network'
import { makeLab } from './initial'
import { type FaultWish, readFault } from './parse-fault'
import { beginFault, endFaults } from './switch-fault'
import { makeTemplate, makeVm, QEMU, testLab } from './testing/test-lab'

type TestLab = ReturnType<typeof testLab>
const lab = (hosts: 1 | 3 = 1): TestLab =>
  testLab(
    makeLab(
      7,
      { tokenSecret: '00000000-0000-4000-8000-000000000000', rootPassword: 'root-password' },
      { at: 0, wall: 1_795_000_000_000, speed: 1 },
      { hosts },
    ),
  )
const at = (of: TestLab) => ({
  state: of.state,
  now: { at: of.state.at, wall: 1_795_000_000_000 + of.state.at, speed: 1 },
  effects: [],
})
const begin = (of: TestLab, wish: FaultWish) => beginFault(at(of), wish)
const end = (of: TestLab) => endFaults(at(of))
const start = (of: TestLab, vmid: number) =>
  expect(of.finish(of.call('POST', `${QEMU}/${vmid}/status/start`)).exit).toBe('OK')
const statusOf = (of: TestLab, vmid: number) =>
  of.call('GET', `${QEMU}/${vmid}/status/current`).data as Record<string, unknown>

test('every kind can be asked for with what its form begins with, and with nothing unknown', () => {
  const examples = { host: 'pve1', storage: 'local-lvm', vm: 201, text: 'x', list: ['VM.Audit'] }
  for (const { kind, params } of faultKinds()) {
    const values = params
      .filter(({ required }) => required)
      .map(({ name, is, initial, choices }) => [
        name,
        is === 'number' ? Number(initial) : (choices?.[0] ?? examples[is as 'host'] ?? initial),
      ])
    const wish = { kind, ...Object.fromEntries(values) }
    expect(readFault(wish), kind).toEqual({ fault: wish })
    expect(readFault({ ...wish, nope: 1 }), kind).toHaveProperty('problem')
    for (const { name, required } of params)
      if (required) expect(readFault({ ...wish, [name]: null }), kind).toHaveProperty('problem')
  }
  expect(readFault({ kind: 'constructor' })).toHaveProperty('problem')
  expect(readFault(null)).toHaveProperty('problem')
})

test.each([
  { kind: 'pool-full', storage: 'local-lvm', what: 'data' },
  { kind: 'pool-full', storage: 'local-lvm', what: 'metadata' },
  { kind: 'storage-full', storage: 'local-lvm' },
  { kind: 'disk-lost', storage: 'local-lvm' },
] as const)('$kind freezes every guest there until each is resumed (%o)', (wish) => {
  const here = lab()
  makeTemplate(here, 900)
  makeVm(here, 201)
  makeVm(here, 202)
  start(here, 201)
  start(here, 202)
  begin(here, wish)
  here.wait(1000)
  // The workstation that is nobody's here freezes as well.
  for (const vmid of [101, 201, 202])
    expect(statusOf(here, vmid)).toMatchObject({ status: 'running', qmpstatus: 'io-error' })
  const clone = here.finish(here.call('POST', `${QEMU}/900/clone`, { newid: '301', full: '1' }))
  expect(clone.exit).toMatch(/reached threshold|not online/)
  here.finish(here.call('POST', `${QEMU}/201/status/resume`))
  here.wait(1000)
  expect(statusOf(here, 201)).toMatchObject({ qmpstatus: 'io-error' })

  end(here)
  here.wait(60_000)
  expect(statusOf(here, 201)).toMatchObject({ qmpstatus: 'io-error' })
  here.finish(here.call('POST', `${QEMU}/201/status/resume`))
  expect(statusOf(here, 201)).toMatchObject({ qmpstatus: 'running' })
  expect(statusOf(here, 202)).toMatchObject({ qmpstatus: 'io-error' })
})

test('nothing happens in a frozen guest, and its boot goes on once it is resumed', () => {
  const here = lab()
  makeVm(here, 201)
  start(here, 201)
  const phase = () => here.state.vms[201]?.guest?.phase
  begin(here, { kind: 'pool-full', storage: 'local-lvm', what: 'data' })
  here.wait(600_000)
  expect(phase()).toBe('firmware')
  end(here)
  here.finish(here.call('POST', `${QEMU}/201/status/resume`))
  here.wait(60_000)
  expect(phase()).not.toBe('firmware')
})

test('a VM on a lost disk cannot start', () => {
  const here = lab()
  makeVm(here, 201)
  begin(here, { kind: 'disk-lost', storage: 'local-lvm', node: 'pve1' })
  expect(here.call('GET', '/nodes/pve1/storage/local-lvm/status').data).toMatchObject({
    ...{ active: 0, total: 0 },
  })
  expect(here.finish(here.call('POST', `${QEMU}/201/status/start`)).exit).toMatch(
    /^no such logical volume/,
  )
})

test('after a power cut guests that start with the host come up in their order, the others stay off', () => {
  const here = lab()
  makeVm(here, 201, { onboot: '1', startup: 'order=2' })
  makeVm(here, 202, { onboot: '1', startup: 'order=1,up=90' })
  makeVm(here, 203)
  for (const vmid of [201, 202, 203]) start(here, vmid)
  const volumes = structuredClone(here.state.volumes)
  const running = () =>
    Object.values(here.state.vms)
      .filter((vm) => vm.running)
      .map(({ vmid }) => vmid)
  begin(here, { kind: 'power-cut' })
  expect(running()).toEqual([])
  expect(here.call('GET', '/nodes/pve1/status').status).toBeGreaterThan(594)
  here.wait(600_000)
  expect(running()).toEqual([])

  end(here)
  here.wait(60_000)
  expect(running()).toEqual([202])
  here.wait(600_000)
  expect(running()).toEqual([100, 101, 201, 202])
  expect(here.state.volumes).toEqual(volumes)
})

test('a lost host is fenced after two minutes: HA guests on shared disks start elsewhere, no others', () => {
  const here = lab(3)
  const shared = { scsi0: 'nas:8' }
  makeVm(here, 201, shared)
  makeVm(here, 202)
  makeVm(here, 203, shared)
  for (const vmid of [201, 202, 203]) start(here, vmid)
  for (const vmid of [201, 202])
    haOf(here.state).resources[`vm:${vmid}`] = { type: 'vm', state: 'started' }
  const where = (vmid: number) => {
    const vm = here.state.vms[vmid]
    return vm?.running ? vm.node : 'off'
  }
  begin(here, { kind: 'host-down', node: 'pve1', how: 'no-route' })
  here.wait(60_000)
  expect([201, 202, 203].map(where)).toEqual(['pve1', 'pve1', 'pve1'])
  here.wait(120_000)
  expect(where(201)).toMatch(/^pve[23]$/)
  expect([202, 203].map(where)).toEqual(['off', 'off'])
  expect(haOf(here.state).resources['vm:202']).toMatchObject({ running: 'error' })

  end(here)
  here.wait(600_000)
  expect(where(201)).toMatch(/^pve[23]$/)
  expect(where(101)).toBe('pve1')
})

test('without HA, or without quorum among the others, a lost host is not fenced', () => {
  const alone = lab(3)
  makeVm(alone, 201)
  start(alone, 201)
  begin(alone, { kind: 'host-down', node: 'pve1', how: 'timeout' })
  alone.wait(600_000)
  expect(alone.state.vms[201]?.running).toBe(true)

  haOf(alone.state).resources['vm:201'] = { type: 'vm', state: 'started' }
  begin(alone, { kind: 'host-down', node: 'pve2', how: 'timeout' })
  alone.wait(600_000)
  expect(alone.state.vms[201]?.running).toBe(true)
})

test('somebody else’s change is staged, and gone when it is over', () => {
  const here = lab()
  begin(here, { kind: 'foreign-change', node: 'pve1' })
  const changes = () =>
    (JSON.parse(here.call('GET', '/nodes/pve1/network').body ?? '{}') as { changes?: string })
      .changes
  expect(changes()).toContain('By hand')
  end(here)
  expect(changes()).toBeUndefined()
  expect(networkOf(here.state.hosts.pve1 as never).staged).toBeNull()
})

test('a task vanishes with its work done, or undone', () => {
  const here = lab()
  makeVm(here, 201)
  begin(here, { kind: 'task-vanishes', task: 'qmstart', done: true, times: 1 })
  const upid = here.call('POST', `${QEMU}/201/status/start`).data as string
  here.wait(10_000)
  expect(here.state.vms[201]?.running).toBe(true)
  expect(here.call('GET', `/nodes/pve1/tasks/${upid}/status`).body).toContain('no such task')

  begin(here, { kind: 'task-vanishes', times: 1 })
  here.call('POST', `${QEMU}/201/status/stop`)
  here.wait(10_000)
  expect(here.state.vms[201]?.running).toBe(true)
  expect(here.state.faults).toEqual([])
})

test('a token lacks what is lost, and has it again', () => {
  const here = lab()
  begin(here, { kind: 'privileges-lost', privileges: ['VM.PowerMgmt'] })
  makeVm(here, 201)
  expect(here.call('POST', `${QEMU}/201/status/start`).status).toBe(403)
  end(here)
  start(here, 201)
})

test('faults of the wire choose their calls, and count', () => {
  const { state } = lab()
  const call = (method: string, path: string) =>
    interceptCall(state, {
      ...{ method, path, params: {}, token: null, ticket: null, csrf: null, upload: null },
    })
  const add = (wish: FaultWish) => beginFault({ state, now: at(lab()).now, effects: [] }, wish)
  add({ kind: 'calls-fail', status: 503, method: 'POST', path: '/nodes/pve1/qemu', times: 1 })
  expect(call('GET', '/nodes/pve1/qemu').instead).toBeNull()
  expect(call('POST', '/nodes/pve1/qemu/201/clone').instead).toMatchObject({ status: 503 })
  expect(call('POST', '/nodes/pve1/qemu/201/clone').instead).toBeNull()
  add({ kind: 'calls-hang', done: true })
  expect(call('GET', '/version')).toMatchObject({ cut: 'hang', done: true })
  state.faults = []
  add({ kind: 'calls-slow', seconds: 3 })
  expect(call('GET', '/version')).toEqual({ instead: null, cut: null, done: false, delayMs: 3000 })
})

test('kinds have words, and no two the same', () => {
  const kinds = faultKinds()
  const titles = new Set(kinds.map(({ title }) => title))
  expect(titles.size).toBe(kinds.length)
  const known: FaultKind[] = kinds.map(({ kind }) => kind)
  expect(new Set(known).size).toBe(kinds.length)
})
