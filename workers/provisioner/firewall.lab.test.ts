import { afterAll, beforeAll, expect, test } from 'vitest'
import { ruleText } from '@/lib/plan/firewall/rule'
import type { Goal } from '@/lib/plan/plan'
import type { Proxmox } from '@/lib/proxmox/proxmox'
import { readVmFirewall } from '@/lib/steps/firewall/observe-firewall'
import {
  addTopology,
  carryOut,
  enqueue,
  type Homelab,
  mustPlan,
  startHomelab,
  waitForEnd,
} from './testing/homelab'

const TEXT = `drawbridge: 1
name: Walls
hosts:
  pve1: { role: proxmox, connection: lab, address: 10.0.0.10 }
  pi: { role: panel, address: 10.0.0.5 }
networks:
  mgmt: { cidr: 10.0.0.0/24 }
  web: { cidr: 10.20.0.0/24, vlan: 20 }
  iot: { cidr: 10.66.0.0/24, vlan: 66 }
sizes:
  small: { cpus: 1, memoryMib: 512, diskGib: 4 }
vms:
  site:
    role: plain
    adopted: true
    host: pve1
    vmid: 601
    size: small
    nics: { web: { network: web, address: 10.20.0.11, mac: BC:24:11:60:00:01, firewall: true } }
policies:
  no-iot: { action: deny, from: [iot], to: [web] }
  iot-web: { action: allow, from: [iot], to: [web], ports: [tcp/443] }
`
const ON: Goal = { kind: 'firewall', on: true, admins: 'mgmt', from: '127.0.0.1' }
const OFF: Goal = { kind: 'firewall', on: false }
const CLUSTER = { of: 'cluster' } as const
const VM = { of: 'vm', node: 'pve1', vmid: 601 } as const

let home: Homelab
let proxmox: Proxmox
let topologyId: string

beforeAll(async () => {
  home = await startHomelab({ speed: 600 })
  proxmox = await home.shop.reach.proxmox('lab')
  topologyId = await addTopology(home, TEXT)
  const made = await proxmox.createVm('pve1', VM.vmid, {
    ...{ name: 'site', cores: 1, memory: 512, scsi0: 'local-lvm:4' },
    net0: 'virtio=BC:24:11:60:00:01,bridge=vmbr0,tag=20,firewall=1',
    description: `drawbridge:${home.shop.panelId}/${topologyId}/vms/site`,
  })
  await proxmox.waitForTask(made, { signal: AbortSignal.timeout(60_000) })
  await proxmox.firewall.addRule(VM, { direction: 'in', action: 'ACCEPT', comment: 'mine' })
})
afterAll(() => home.close())

const isOn = async () => (await proxmox.firewall.options(CLUSTER)).enabled
const commentsOf = async (scope: typeof CLUSTER | typeof VM) =>
  (await proxmox.firewall.rules(scope)).map(({ comment }) => comment)

test('somebody who would be locked out is named, and nothing is switched', async () => {
  const node = { of: 'node', node: 'pve1' } as const
  await proxmox.firewall.addRule(node, { direction: 'in', action: 'DROP' })
  const plan = await mustPlan(home, topologyId, ON)
  const jobId = await enqueue(home, topologyId, plan)
  const state = await waitForEnd(home, jobId)
  expect(state.steps['firewall.datacenter:lab']?.error).toMatchObject({
    code: 'proxmox.locked-out',
    message: expect.stringContaining('the panel (10.0.0.5)'),
  })
  expect(await isOn()).toBe(false)
  const [{ digest = '' } = {}] = await proxmox.firewall.rules(node)
  await proxmox.firewall.removeRule(node, 0, digest)
})

test('policies become rules, the firewall goes on and is watched, and the next plan is empty', async () => {
  await carryOut(home, topologyId, ON)
  expect(await isOn()).toBe(true)
  const { rules } = await readVmFirewall(proxmox.firewall, VM)
  expect(rules.map(ruleText)).toEqual([
    'in ACCEPT udp 68 from port 67',
    'in ACCEPT icmpv6',
    'in ACCEPT tcp 22 from 10.0.0.5',
    'in ACCEPT tcp 443 from 10.66.0.0/24 on net0',
    'in DROP everything from 10.66.0.0/24 on net0',
    'in ACCEPT everything',
  ])
  expect((await mustPlan(home, topologyId, ON)).steps).toEqual([])
})

test('a rule that somebody changed is in the next plan, and put right', async () => {
  await proxmox.firewall.updateRule(VM, 4, { set: { enable: 0 } })
  const { changes, steps } = await mustPlan(home, topologyId, ON)
  expect(steps.map(({ id }) => id)).toEqual(['firewall.vm:site'])
  expect(changes[0]?.fields.map(({ from }) => from)).toContain(
    'in DROP everything from 10.66.0.0/24 on net0 (off) (policy no-iot)',
  )
  await carryOut(home, topologyId, ON)
  expect((await mustPlan(home, topologyId, ON)).steps).toEqual([])
})

test('switched off, only what others wrote is left', async () => {
  await proxmox.firewall.addRule(CLUSTER, { direction: 'in', action: 'ACCEPT', comment: 'mine' })
  await carryOut(home, topologyId, OFF)
  expect(await isOn()).toBe(false)
  expect(await commentsOf(CLUSTER)).toEqual(['mine'])
  expect(await commentsOf(VM)).toEqual(['mine'])
  expect((await mustPlan(home, topologyId, OFF)).steps).toEqual([])
})
