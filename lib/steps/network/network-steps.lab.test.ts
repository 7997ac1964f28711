import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Sections, sdnOf } from '@/lib/lab/cluster-state'
import { networkOf } from '@/lib/lab/host-network'
import type { LabHost } from '@/lib/lab/state'
import type { HostInterface, SdnVnet, StepArgs } from '@/lib/plan/step'
import { AT, type LabSteps, startLabSteps } from '../testing/lab-steps'

let home: LabSteps

beforeAll(async () => {
  home = await startLabSteps()
})
afterAll(() => home.close())
beforeEach(() => {
  home.lab.engine.change(({ state }) => {
    const network = networkOf(state.hosts.pve1 as LabHost)
    network.staged = null
    for (const name of Object.keys(network.current))
      if (!['vmbr0', 'enp5s0'].includes(name)) delete network.current[name]
    const sdn = sdnOf(state)
    for (const part of ['zones', 'vnets', 'subnets'] as const) {
      sdn.edited[part] = {}
      sdn.applied[part] = {}
    }
    state.faults = []
  })
})

const MARKER = 'drawbridge:p1/t1/networks/lan'
const bridge = (changes: Partial<HostInterface> = {}): HostInterface => ({
  ...{ name: 'vmbr7', type: 'bridge', ports: [], vlanAware: false, rawDevice: null },
  ...{ tag: null, mtu: null, marker: MARKER, ...changes },
})
const hostArgs = (changes: Partial<StepArgs['host.network']> = {}): StepArgs['host.network'] => ({
  ...{ at: AT, make: [bridge()], remove: [], management: ['10.0.0.10'], ...changes },
})
const onHost = <T>(read: (network: { current: Sections; staged: Sections | null }) => T): T =>
  home.lab.engine.change(({ state }) => read(networkOf(state.hosts.pve1 as LabHost)))
const current = () => onHost(({ current: now }) => structuredClone(now))
const stageForeign = () =>
  onHost((network) => {
    network.staged = { ...network.current, vmbr66: { type: 'bridge', bridge_ports: '' } }
  })

test('a bridge is made with the marker in its comment; a second time nothing is done', async () => {
  expect(await home.perform('host.network', hostArgs())).toEqual({ changed: true })
  expect(current().vmbr7?.comments).toContain(MARKER)
  expect(await home.perform('host.network', hostArgs())).toEqual({ changed: false })
})

test('what somebody staged since the plan is neither applied nor dropped', async () => {
  stageForeign()
  await expect(home.perform('host.network', hostArgs())).rejects.toMatchObject({
    code: 'proxmox.foreign-changes',
  })
  expect(current()).not.toHaveProperty('vmbr7')
  expect(onHost(({ staged }) => Object.keys(staged ?? {}))).toContain('vmbr66')
})

test('an attempt that died with its part staged is taken up, and nobody else has to tidy', async () => {
  const before = await home.proxmox.network.read('pve1')
  const notes = new Map([['before', JSON.stringify(before.interfaces)]])
  await home.proxmox.network.create('pve1', 'vmbr7', 'bridge', { comments: MARKER })
  await home.perform('host.network', hostArgs(), { notes })
  expect(current()).toHaveProperty('vmbr7')

  // With a stranger's change beside it nothing is dropped.
  await home.proxmox.network.create('pve1', 'vmbr8', 'bridge', { comments: MARKER })
  await home.proxmox.network.create('pve1', 'vmbr66', 'bridge', {})
  const second = hostArgs({ make: [bridge({ name: 'vmbr8' })] })
  const noted = new Map([['before', JSON.stringify(before.interfaces)]])
  await expect(home.perform('host.network', second, { notes: noted })).rejects.toMatchObject({
    code: 'proxmox.foreign-changes',
  })
  expect(onHost(({ staged }) => Object.keys(staged ?? {}))).toContain('vmbr66')
})

test('the interface that carries the host is refused at the last moment too', async () => {
  const args = hostArgs({ make: [bridge({ ports: ['enp5s0'] })] })
  await expect(home.perform('host.network', args)).rejects.toMatchObject({
    code: 'proxmox.management-interface',
  })
  expect(onHost(({ staged }) => staged)).toBeNull()
})

test("somebody else's bridge is not changed and not removed", async () => {
  onHost(({ current: now }) => {
    now.vmbr7 = { type: 'bridge', bridge_ports: '', comments: 'mine' }
  })
  await expect(home.perform('host.network', hostArgs())).rejects.toMatchObject({
    code: 'proxmox.not-ours',
  })
  const remove = [{ name: 'vmbr7', marker: MARKER }]
  await home.perform('host.network', hostArgs({ make: [], remove }))
  expect(current()).toHaveProperty('vmbr7')
})

test('an address that somebody gave our bridge outlives a change of it', async () => {
  await home.perform('host.network', hostArgs())
  onHost(({ current: now }) => {
    if (now.vmbr7) now.vmbr7.cidr = '10.77.0.1/24'
  })
  await home.perform('host.network', hostArgs({ make: [bridge({ vlanAware: true })] }))
  expect(current().vmbr7).toMatchObject({ bridge_vlan_aware: '1', cidr: '10.77.0.1/24' })
})

test.each([
  ['VM', 'qemu', 'virtio=BC:24:11:00:00:77,bridge=vmbr7'],
  ['container', 'lxc', 'name=eth7,bridge=vmbr7,hwaddr=BC:24:11:00:00:77,type=veth'],
])('a bridge that another %s is plugged into stays', async (_, wanted, net7) => {
  await home.perform('host.network', hostArgs())
  const guest = home.lab.engine.change(({ state }) => {
    const vm = Object.values(state.vms).find(({ kind }) => kind === wanted)
    if (vm) vm.config.net7 = net7
    return vm?.vmid
  })
  const args = hostArgs({ make: [], remove: [{ name: 'vmbr7', marker: MARKER }] })
  await expect(home.perform('host.network', args)).rejects.toMatchObject({
    code: 'proxmox.in-use',
    message: expect.stringContaining(`VMID ${guest}`),
  })
  home.lab.engine.change(({ state }) => {
    delete state.vms[String(guest)]?.config.net7
  })
  await home.perform('host.network', args)
  expect(current()).not.toHaveProperty('vmbr7')
})

const VNET: SdnVnet = {
  ...{ vnet: 'lan', zone: 'home', tag: 20, marker: MARKER, withZone: true, subnet: null },
}
const SDN: StepArgs['sdn.network'] = {
  connection: 'lab',
  zones: [{ zone: 'home', kind: 'vlan', bridge: 'vmbr0', peers: [], mtu: null }],
  vnets: [VNET],
  remove: { vnets: [], zones: [] },
}
const TAKEN: StepArgs['sdn.network'] = {
  ...{ connection: 'lab', zones: [], vnets: [] },
  remove: { vnets: [{ vnet: 'lan', marker: MARKER }], zones: ['home'] },
}
const applied = () => home.lab.engine.change(({ state }) => structuredClone(sdnOf(state).applied))

test('a VNet is made with its zone, looked for on every node, and taken away again', async () => {
  await home.perform('sdn.network', SDN)
  expect(applied().vnets.lan).toMatchObject({ zone: 'home', alias: `${MARKER} with its zone` })
  expect(await home.perform('sdn.network', SDN)).toEqual({ changed: false })
  await home.perform('sdn.network', TAKEN)
  expect(applied()).toMatchObject({ zones: {}, vnets: {} })
})

test('a VNet that a container is plugged into stays', async () => {
  await home.perform('sdn.network', SDN)
  const plug = (net7: string | undefined) =>
    home.lab.engine.change(({ state }) => {
      const box = Object.values(state.vms).find(({ kind }) => kind === 'lxc')
      if (net7 === undefined) delete box?.config.net7
      else if (box) box.config.net7 = net7
    })
  plug('name=eth7,bridge=lan,hwaddr=BC:24:11:00:00:77,type=veth')
  await expect(home.perform('sdn.network', TAKEN)).rejects.toMatchObject({
    code: 'proxmox.in-use',
  })
  expect(applied().vnets).toHaveProperty('lan')
  plug(undefined)
  await home.perform('sdn.network', TAKEN)
})

test('a zone that somebody put a VNet into stays with it', async () => {
  await home.perform('sdn.network', SDN)
  await home.proxmox.sdn.createVnet('theirs', 'home', { tag: 30 })
  home.lab.engine.change(({ state }) => {
    const sdn = sdnOf(state)
    sdn.applied = structuredClone(sdn.edited)
  })
  await home.perform('sdn.network', TAKEN)
  expect(Object.keys(applied().vnets)).toEqual(['theirs'])
  expect(applied().zones).toHaveProperty('home')
})

test('what somebody staged in the SDN is neither applied nor dropped', async () => {
  await home.proxmox.sdn.createZone('theirs', 'simple', {})
  await expect(home.perform('sdn.network', SDN)).rejects.toMatchObject({
    code: 'proxmox.foreign-changes',
  })
  expect(applied().zones).toEqual({})
})
