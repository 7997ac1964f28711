import { afterEach, beforeEach, expect, test } from 'vitest'
import { findRevision, saveRevision, toStored } from '@/lib/db/revisions'
import { atTheBox } from '@/lib/db/who'
import { sdnOf } from '@/lib/lab/cluster-state'
import { networkOf } from '@/lib/lab/host-network'
import { labSummary } from '@/lib/lab/summary'
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

beforeEach(async () => {
  home = await startHomelab({ speed: 600 })
})
afterEach(() => home.close())

const DEPLOY = { kind: 'deploy' } as const
const lab = <T>(read: (state: Parameters<typeof networkOf>[0], all: Homelab['lab']) => T): T =>
  home.lab.engine.change((each) => read(each.state.hosts.pve1 as never, home.lab))
const interfaces = () => structuredClone(lab((host) => networkOf(host).current))
const sdn = () => structuredClone(home.lab.engine.change((each) => sdnOf(each.state).applied))
const netOf = (name: string) =>
  home.lab.engine.change((each) => labSummary(each).vms.find((vm) => vm.name === name)?.config.net0)

const withLan = (lan: string, hosts = '') =>
  TWO_VMS.replace(/ {2}lan: \{ cidr.*\n/, `  lan: ${lan}\n`).replace(
    '    connection: lab\n',
    `    connection: lab\n    address: 10.0.0.10\n${hosts}`,
  )

async function edit(...changes: Change[]): Promise<void> {
  const head = toStored(await findRevision(home.db, topologyId))
  await saveRevision(home.db, {
    ...{ topologyId, parent: head.revision.number, message: 'edit', actor: atTheBox('test') },
    ...{ text: rewriteText(head.text, changes), now: Date.now() },
  })
}

test('a tag on a VLAN-aware bridge changes nothing on the host', async () => {
  topologyId = await addTopology(home, TWO_VMS)
  const before = interfaces()
  const plan = await carryOut(home, topologyId, DEPLOY)
  expect(plan.steps.filter(({ kind }) => kind === 'host.network')).toEqual([])
  expect(plan.notes).toContainEqual(
    expect.stringMatching(/vmbr0 of pve1 stays as it is.*carries tag 20/),
  )
  expect(interfaces()).toEqual(before)
})

test('a bridge that is asked for is made before its VMs, kept, and taken away with them', async () => {
  topologyId = await addTopology(
    home,
    withLan(
      '{ cidr: 10.9.0.0/24, vlan: 20, gateway: 10.9.0.1, bridge: vmbr20, realise: bridge }',
      '    bridges: { vmbr0: { nic: enp5s0, vlanAware: true }, vmbr20: { nic: enp5s0 } }\n    nics: { enp5s0: {} }\n',
    ),
  )
  const before = interfaces()
  const plan = await carryOut(home, topologyId, DEPLOY)
  const step = plan.steps.find(({ kind }) => kind === 'host.network')
  expect(step?.id).toBe('host.network:pve1')
  expect(plan.level).toBe(2)
  expect(plan.steps.find(({ id }) => id === 'vm.configure:web')?.needs).toContain(step?.id)
  const [change] = plan.changes
  expect(change?.diff).toContain('+iface vmbr20 inet manual\n+\tbridge-ports enp5s0.20')
  expect(interfaces()).toMatchObject({
    'enp5s0.20': { type: 'vlan', 'vlan-raw-device': 'enp5s0' },
    vmbr20: { type: 'bridge', bridge_ports: 'enp5s0.20' },
  })
  expect(netOf('web')).toMatch(/bridge=vmbr20/)
  expect(netOf('web')).not.toMatch(/tag=/)
  expect(await mustPlan(home, topologyId, DEPLOY)).toMatchObject({ steps: [], changes: [] })

  // Somebody takes its port away by hand: the next plan puts that right, and only that.
  lab((host) => {
    const bridge = networkOf(host).current.vmbr20
    if (bridge) bridge.bridge_ports = ''
  })
  const again = await carryOut(home, topologyId, DEPLOY)
  expect(again.steps.map(({ id }) => id)).toEqual(['host.network:pve1'])
  expect(again.changes[0]?.fields).toEqual([
    { field: 'vmbr20 bridge-ports', from: 'none', to: 'enp5s0.20', cost: 'in-place' },
  ])
  expect(interfaces().vmbr20).toMatchObject({ bridge_ports: 'enp5s0.20' })

  await carryOut(home, topologyId, { kind: 'destroy', disks: [] })
  expect(interfaces()).toEqual(before)
})

test('a VNet that is asked for is made with its zone, and both go with the topology', async () => {
  topologyId = await addTopology(
    home,
    withLan('{ cidr: 10.9.0.0/24, vlan: 20, gateway: 10.9.0.1, sdn: { zone: home, kind: vlan } }'),
  )
  const plan = await carryOut(home, topologyId, DEPLOY)
  expect(plan.steps.find(({ id }) => id === 'vm.configure:web')?.needs).toContain('sdn.network:lab')
  expect(plan.notes).toContainEqual(expect.stringMatching(/every node of lab at once/))
  expect(sdn()).toMatchObject({
    zones: { home: { type: 'vlan', bridge: 'vmbr0' } },
    vnets: { lan: { zone: 'home', tag: '20' } },
  })
  expect(netOf('web')).toMatch(/bridge=lan/)
  expect(await mustPlan(home, topologyId, DEPLOY)).toMatchObject({ steps: [], changes: [] })

  await carryOut(home, topologyId, { kind: 'destroy', disks: [] })
  expect(sdn()).toMatchObject({ zones: {}, vnets: {} })
})

test('a token that may not change networks is told before anything is done', async () => {
  home.lab.engine.change(({ state }) => {
    const role = state.access.roles.Drawbridge ?? []
    state.access.roles.Drawbridge = role.filter((each) => !/^(Sys\.Modify|SDN\.Alloc)/.test(each))
  })
  topologyId = await addTopology(
    home,
    withLan('{ cidr: 10.9.0.0/24, gateway: 10.9.0.1, bridge: vmbr9, realise: bridge }'),
  )
  expect(await planNow(home, topologyId, DEPLOY)).toMatchObject({
    ok: false,
    refusals: [
      { code: 'plan.missing-privilege', commands: [expect.stringContaining('Sys.Modify')] },
    ],
  })
})

test('what somebody else staged refuses the plan, and is theirs to apply or drop', async () => {
  topologyId = await addTopology(
    home,
    withLan('{ cidr: 10.9.0.0/24, gateway: 10.9.0.1, bridge: vmbr9, realise: bridge }'),
  )
  const early = await mustPlan(home, topologyId, DEPLOY)
  const stage = () =>
    lab((host) => {
      const network = networkOf(host)
      network.staged = { ...network.current, vmbr66: { type: 'bridge', bridge_ports: '' } }
    })
  stage()
  const result = await planNow(home, topologyId, DEPLOY)
  expect(result).toMatchObject({
    ok: false,
    refusals: [{ code: 'plan.foreign-network-changes' }],
  })
  lab((host) => {
    networkOf(host).staged = null
  })
  const jobId = await enqueue(home, topologyId, early)
  const state = await waitForEnd(home, jobId)
  expect(state.status).toBe('succeeded')
  expect(interfaces()).toHaveProperty('vmbr9')
  expect(interfaces()).not.toHaveProperty('vmbr66')
})

test('the interface that carries the host is refused, with the commands for its console', async () => {
  topologyId = await addTopology(
    home,
    withLan(
      '{ cidr: 10.9.0.0/24, gateway: 10.9.0.1, bridge: vmbr9, realise: bridge }',
      '    bridges: { vmbr9: { nic: enp5s0 } }\n    nics: { enp5s0: {} }\n',
    ),
  )
  const result = await planNow(home, topologyId, DEPLOY)
  expect(result).toMatchObject({
    ok: false,
    refusals: [
      {
        code: 'plan.management-interface',
        commands: [
          expect.stringContaining('pvesh create /nodes/pve1/network --iface vmbr9 --type bridge'),
          'pvesh set /nodes/pve1/network',
        ],
      },
    ],
  })
  expect(interfaces()).not.toHaveProperty('vmbr9')
  // Without the port it is a bridge inside of the host, and nothing is in its way.
  await edit({ path: ['hosts', 'pve1', 'bridges', 'vmbr9', 'nic'], from: 'enp5s0' })
  const plan = await mustPlan(home, topologyId, DEPLOY)
  expect(plan.notes).toContainEqual(expect.stringMatching(/vmbr9 of pve1 gets no port/))
})
