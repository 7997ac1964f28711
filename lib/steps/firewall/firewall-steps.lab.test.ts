import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { firewallOf } from '@/lib/lab/cluster-state'
import { type RuleSpec, ruleOf } from '@/lib/plan/firewall/rule'
import type { StepArgs } from '@/lib/plan/step'
import type { ProxmoxApart } from '../handler'
import { type LabSteps, refOf, startLabSteps } from '../testing/lab-steps'
import { readVmFirewall } from './observe-firewall'

const OWNER = 'drawbridge:p1/t1'
const VMID = 951
const REF = refOf('w1', VMID)

let home: LabSteps

beforeAll(async () => {
  home = await startLabSteps()
  const made = await home.proxmox.createVm('pve1', VMID, { name: 'w1', description: REF.marker })
  await home.proxmox.waitForTask(made, { signal: AbortSignal.timeout(60_000) })
})
afterAll(() => home.close())
beforeEach(() => {
  home.lab.engine.change(({ state }) => {
    state.firewalls = {}
    state.faults = []
  })
})

const rule = (why: string, parts: Partial<RuleSpec> = {}) =>
  ruleOf(OWNER, why, { action: 'ACCEPT', protocol: 'tcp', port: '22', ...parts })
const ETCD = rule('etcd of k8s', { source: '10.2.0.11', port: '2379:2380' })
const DENY = rule('policy p', { action: 'DROP', interface: 'net0' })
const vmArgs = (changes: Partial<StepArgs['firewall.vm']> = {}): StepArgs['firewall.vm'] => ({
  ...{ ref: REF, owner: OWNER, rules: [ETCD, DENY], sets: [], ...changes },
})
const seen = () => readVmFirewall(home.proxmox.firewall, { node: 'pve1', vmid: VMID })
const scope = { of: 'vm', node: 'pve1', vmid: VMID } as const
const CLUSTER = { of: 'cluster' } as const

test('rules are written in order and switched on; a second time nothing is done', async () => {
  expect(await home.perform('firewall.vm', vmArgs())).toEqual({ changed: true })
  expect(await seen()).toMatchObject({ enabled: true, policyIn: 'ACCEPT', rules: [ETCD, DENY] })
  expect(await home.perform('firewall.vm', vmArgs())).toEqual({ changed: false })
})

test('a rule that was changed by hand is put right, and rules of others stay', async () => {
  await home.perform('firewall.vm', vmArgs())
  const theirs = { direction: 'in', action: 'REJECT', comment: 'mine' } as const
  await home.proxmox.firewall.addRule(scope, theirs)
  await home.proxmox.firewall.updateRule(scope, 2, { set: { dport: '23' } })
  expect(await home.perform('firewall.vm', vmArgs())).toEqual({ changed: true })
  const { rules } = await seen()
  expect(rules.filter(({ comment }) => comment !== 'mine')).toEqual([ETCD, DENY])
  expect(rules.map(({ comment }) => comment)).toContain('mine')

  await home.perform('firewall.vm', vmArgs({ rules: [] }))
  // Somebody else relies on it being on.
  expect(await seen()).toMatchObject({ enabled: true, rules: [{ comment: 'mine' }] })
})

test('taken away, nothing of ours is left and it is off', async () => {
  const entry = (cidr: string) => ({ cidr, except: false, comment: OWNER })
  const sets = [{ name: 'ipfilter-net0', entries: [entry('10.2.0.11'), entry('10.2.0.64/29')] }]
  await home.perform('firewall.vm', vmArgs({ sets }))
  expect((await seen()).sets).toEqual(sets)
  await home.proxmox.firewall.addToIpSet(scope, 'ipfilter-net0', {
    ...{ cidr: '10.9.9.9', except: false, comment: 'mine' },
  })
  await home.perform('firewall.vm', vmArgs({ rules: [] }))
  expect(await seen()).toMatchObject({
    ...{ enabled: false, rules: [] },
    sets: [{ name: 'ipfilter-net0', entries: [{ cidr: '10.9.9.9', comment: 'mine' }] }],
  })
})

test('a VM that is not ours is not touched', async () => {
  const ref = { ...REF, marker: 'drawbridge:p1/t1/vms/other' }
  await expect(home.perform('firewall.vm', vmArgs({ ref }))).rejects.toThrow()
  expect((await seen()).rules).toEqual([])
})

const PANEL = { name: 'the panel', from: '10.0.0.5', ports: [8006, 22] }
const ACCEPT = rule('keeps the panel from being locked out', {
  source: '10.0.0.5',
  port: '8006,22',
})
const onArgs = (
  changes: Partial<StepArgs['firewall.datacenter']> = {},
): StepArgs['firewall.datacenter'] => ({
  ...{ connection: 'lab', owner: OWNER, on: true, accepts: [ACCEPT], mustReach: [PANEL] },
  ...changes,
})
const offArgs = onArgs({ on: false, accepts: [], mustReach: [] })
const isOn = async () => (await home.proxmox.firewall.options(CLUSTER)).enabled
const apart = (probe: ProxmoxApart['probe']) => async (): Promise<ProxmoxApart> => ({
  ...{ held: home.proxmox, probe, close: async () => undefined },
  watch: { rounds: 3, everyMs: 5 },
})
const reaches = apart(async () => undefined)

test('it goes on where everybody gets in, and off again with nothing of ours left', async () => {
  await home.proxmox.firewall.addRule(CLUSTER, { direction: 'in', action: 'DROP', comment: 'mine' })
  expect(await home.perform('firewall.datacenter', onArgs(), { proxmoxApart: reaches })).toEqual({
    changed: true,
  })
  expect(await isOn()).toBe(true)
  const again = await home.perform('firewall.datacenter', onArgs(), { proxmoxApart: reaches })
  expect(again).toEqual({ changed: false })

  await home.perform('firewall.datacenter', offArgs)
  expect(await isOn()).toBe(false)
  const left = await home.proxmox.firewall.rules(CLUSTER)
  expect(left.map(({ comment }) => comment)).toEqual(['mine'])
})

test('a node that is not reached any more switches it off by itself', async () => {
  const deaf = apart(async () => {
    if (await isOn()) throw new Error('connect timed out')
  })
  await expect(
    home.perform('firewall.datacenter', onArgs(), { proxmoxApart: deaf }),
  ).rejects.toMatchObject({ code: 'proxmox.locked-out' })
  expect(await isOn()).toBe(false)
})

test('somebody who would not get in is named, and it stays off', async () => {
  const mustReach = [PANEL, { name: 'your browser', from: '10.7.0.9', ports: [8006] }]
  await expect(
    home.perform('firewall.datacenter', onArgs({ mustReach }), { proxmoxApart: reaches }),
  ).rejects.toMatchObject({ message: expect.stringContaining('your browser (10.7.0.9)') })
  expect(await isOn()).toBe(false)
})

test("a node's own rule that refuses before ours is found before anything is switched", async () => {
  const node = { of: 'node', node: 'pve1' } as const
  await home.proxmox.firewall.addRule(node, { direction: 'in', action: 'DROP' })
  await expect(
    home.perform('firewall.datacenter', onArgs(), { proxmoxApart: reaches }),
  ).rejects.toMatchObject({ code: 'proxmox.locked-out' })
  expect(await isOn()).toBe(false)
})

test('without new connections it is never switched on, and an attempt that died begins anew', async () => {
  await expect(home.perform('firewall.datacenter', onArgs())).rejects.toMatchObject({
    code: 'proxmox.locked-out',
  })
  expect(await isOn()).toBe(false)

  home.lab.engine.change(({ state }) => {
    firewallOf(state, 'cluster').options.enable = '1'
  })
  const probedWhile: boolean[] = []
  const probe = async () => void probedWhile.push(await isOn())
  const notes = new Map([['watching', 'yes']])
  await home.perform('firewall.datacenter', onArgs(), { notes, proxmoxApart: apart(probe) })
  // First off, then on again and watched.
  expect(probedWhile).toEqual([false, true, true, true])
})
