import { afterAll, beforeAll, expect, test } from 'vitest'
import { socks5Dialer } from '@/lib/io/dialer'
import { STRANGER_MAC } from '@/lib/lab/faults'
import type { PlanContext } from '@/lib/plan/context'
import type { Observed } from '@/lib/plan/observed'
import { seedVolume } from '@/lib/plan/seed-volume'
import { openGuestPool } from '@/lib/ssh/guest-session'
import type { GuestSession } from '@/lib/ssh/session'
import type { Topology } from '@/lib/topology/topology'
import { guestKey, guestTarget } from './guest-target'
import { type ObserveDeps, observe } from './observe'
import { type Lookout, lookoutOver } from './panel-lookout'
import { type LabSteps, refOf, seedOf, specOf, startLabSteps } from './testing/lab-steps'

const MAC = 'BC:24:11:0A:00:01'
const template = refOf('jammy', 9000, 'templates')
const ref = refOf('node-1', 240)
const pool = openGuestPool()
let home: LabSteps

const nic = (address: string) => ({ lan: { network: 'k8s', address } })
const topology: Topology = {
  drawbridge: 1,
  name: 'T1',
  hosts: { pve1: { role: 'proxmox', connection: 'lab' } },
  networks: {
    k8s: { cidr: '10.2.0.0/24', vlan: 20, gateway: '10.2.0.1' },
    home: { cidr: '10.0.0.0/24' },
  },
  sizes: { s: { cpus: 2, memoryMib: 4096, diskGib: 32 } },
  vms: {
    'node-1': {
      ...{ role: 'plain', host: 'pve1', size: 's', nics: nic('10.2.0.11') },
      disks: { system: { kind: 'system' } },
    },
    'node-2': {
      ...{ role: 'plain', host: 'pve1', size: 's', nics: nic('10.2.0.33') },
      disks: { system: { kind: 'system' } },
    },
  },
}
const context: PlanContext = {
  ...{ topologyId: 't1', panelId: 'p1', revision: 1, durations: {} },
  ...{ connections: ['lab'], now: 1000 },
}

const session: ObserveDeps['guest'] = async (guest): Promise<GuestSession> => {
  const secrets = { find: async (name: string) => home.secrets.get(name) ?? null }
  const dialer = socks5Dialer(home.lab.connection.socks)
  return pool.session(guestKey(guest), guest.name, () => guestTarget(guest, secrets, dialer))
}

const depsAt = (now: number): ObserveDeps => ({
  proxmox: async () => home.proxmox,
  guest: session,
  kubernetes: () => Promise.reject(new Error('no cluster in this test')),
  secrets: { find: async (name) => home.secrets.get(name) ?? null },
  signal: AbortSignal.timeout(60_000),
  now: () => now,
})
const look = (now: number, previous: Observed | null = null) =>
  observe(topology, context, depsAt(now), previous)

/** The same home, with a VM that is to have an address in a network where none of ours runs. */
const lookFromPanel = (address: string, out: Lookout) => {
  const vm = { ...topology.vms!['node-2']!, nics: { lan: { network: 'home', address } } }
  return observe({ ...topology, vms: { ...topology.vms, 'node-2': vm } }, context, {
    ...depsAt(2_000_000),
    lookout: async () => out,
  })
}

beforeAll(async () => {
  home = await startLabSteps(300)
  await home.perform('image.download', {
    at: template.at,
    storage: 'local',
    file: 'jammy.qcow2',
    url: 'https://cloud-images.example/jammy.img',
    sha256: null,
  })
  await home.perform('template.create', {
    ref: template,
    storage: 'local-lvm',
    image: 'local:import/jammy.qcow2',
    seedStorage: 'local',
    topologyId: 't1',
    seed: { ...seedOf('template-jammy', 'BC:24:11:0A:00:FF'), packages: ['qemu-guest-agent'] },
    bridge: 'vmbr0',
    tag: 20,
  })
  await home.perform('template.bake', { ref: template })
  await home.perform('template.seal', { ref: template, seedStorage: 'local', specHash: 'x' })
  const seed = seedOf('node-1', MAC)
  await home.perform('seed.upload', { ref, topologyId: 't1', storage: 'local', seed })
  const from = { templateVmid: 9000, templateNode: 'pve1', storage: 'local-lvm' }
  await home.perform('vm.clone', { ref, ...from })
  const spec = specOf('node-1', MAC)
  await home.perform('vm.configure', { ref, spec, seedVolume: seedVolume('local', ref) })
  await home.perform('vm.disks', { ref, disks: spec.disks })
  await home.perform('vm.start', { ref })
  const guest = {
    ...{ connection: 'lab', topologyId: 't1', vm: 'node-1', name: 'node-1' },
    ...{ address: '10.2.0.11', user: 'drawbridge' },
  }
  await home.perform('guest.ready', { guest }, { guest: await session(guest) })
}, 110_000)
afterAll(async () => {
  pool.close()
  await home.close()
})

test('a container of somebody else is seen at its address, a machine of ours is no stranger', async () => {
  const { sightings } = await look(1_000_000)
  expect(sightings).toEqual([
    {
      ...{ address: '10.0.0.60', mac: 'BC:24:11:5A:00:64', at: 1_000_000, by: 'host pve1' },
      source: 'guest',
      guest: { vmid: 100, name: 'home-assistant', host: 'pve1' },
    },
  ])
})

test('whoever answers at an address that is to be used is met, and stays known for a while', async () => {
  const fault = { id: 'f1', kind: 'address-in-use', address: '10.2.0.33' } as const
  home.lab.engine.change((lab) => lab.state.faults.push(fault))
  const first = await look(1_000_000)
  const met = (observed: Observed) =>
    observed.sightings?.filter(({ source }) => source === 'neighbour') ?? []
  expect(met(first)).toEqual([
    expect.objectContaining({ address: '10.2.0.33', mac: STRANGER_MAC, by: 'VM node-1' }),
  ])
  home.lab.engine.change((lab) => {
    lab.state.faults = []
  })
  expect(met(await look(1_000_000 + 3_600_000, first))).toEqual(met(first))
  expect(met(await look(1_000_000 + 8 * 86_400_000, first))).toEqual([])
})

test('where none of ours runs, the panel tries the addresses that VMs are to get, over the way to guests', async () => {
  const dialer = socks5Dialer(home.lab.connection.socks)
  const tried: string[] = []
  const out = lookoutOver(
    {
      ...dialer,
      dial(host, port, signal) {
        tried.push(host)
        return dialer.dial(host, port, signal)
      },
    },
    false,
  )
  const free = await lookFromPanel('10.0.0.61', out)
  expect(free.sightings?.filter(({ by }) => by === 'the panel')).toEqual([])
  // Only that one: 10.2.0.0/24 has a machine of ours that looks.
  expect(new Set(tried)).toEqual(new Set(['10.0.0.61']))
})
