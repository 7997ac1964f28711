import { afterAll, beforeAll, expect, test } from 'vitest'
import { Secret } from '@/lib/base/secret'
import type { PlanContext } from '@/lib/plan/context'
import type { Observed } from '@/lib/plan/observed'
import { connectProxmox } from '@/lib/proxmox/client'
import type { Topology } from '@/lib/topology/topology'
import { type ObserveDeps, observe } from './observe'
import { dataDisk, type LabSteps, refOf, startLabSteps } from './testing/lab-steps'

let home: LabSteps
beforeAll(async () => {
  home = await startLabSteps()
  const holder = refOf('pve1', 9900, 'holders')
  const disks = [dataDisk('scsi0', 't1-nfs-data', 5)]
  const vm = refOf('web', 220)
  const template = refOf('jammy', 9000, 'templates')
  for (const ref of [vm, template, holder]) {
    const upid = await home.proxmox.createVm('pve1', ref.vmid, {
      name: ref.name,
      description: ref.marker,
      memory: 512,
      smbios1: 'uuid=8dba9275-26c5-4944-b7fe-079cdc76c82c',
      net0: 'virtio=BC:24:11:0A:00:01,bridge=vmbr0',
    })
    await home.proxmox.waitForTask(upid, { signal: AbortSignal.timeout(30_000) })
  }
  await home.perform('vm.disks', { ref: holder, disks })
  const left = refOf('left-the-document', 221)
  await home.proxmox.waitForTask(
    await home.proxmox.createVm('pve1', 221, { name: left.name, description: left.marker }),
    { signal: AbortSignal.timeout(30_000) },
  )
})
afterAll(() => home.close())

const topology: Topology = {
  drawbridge: 1,
  name: 'T1',
  hosts: {
    pve1: { role: 'proxmox', connection: 'lab' },
    pve9: { role: 'proxmox', connection: 'dead' },
    pi: { role: 'panel' },
  },
  templates: {
    jammy: { os: 'ubuntu', release: '22.04' },
    noble: { os: 'ubuntu', release: '24.04' },
  },
  vms: {
    web: { role: 'plain', host: 'pve1' },
    absent: { role: 'plain', host: 'pve1' },
    'over-there': { role: 'plain', host: 'pve9' },
  },
  clusters: {
    k: {
      kubernetes: '1.29',
      podCidr: '10.244.0.0/16',
      serviceCidr: '10.96.0.0/12',
      controlPlanes: ['absent'],
      workers: [],
    },
  },
}
const context: PlanContext = {
  topologyId: 't1',
  panelId: 'p1',
  revision: 1,
  durations: {},
  connections: ['lab', 'dead'],
  now: 1000,
}
const nobody = () => Promise.reject(new Error('nobody is asked in this test'))
const deps = (now = 1000): ObserveDeps => ({
  proxmox: async (id) =>
    id === 'lab'
      ? home.proxmox
      : connectProxmox({
          url: 'https://127.0.0.1:1',
          fingerprint: null,
          auth: { kind: 'token', id: 'a@b!c', secret: new Secret('x') },
        }),
  guest: nobody,
  kubernetes: nobody,
  secrets: { find: async () => null },
  signal: AbortSignal.timeout(30_000),
  now: () => now,
})

test('what is there is known, what is not is absent, what cannot be read is unknown with its reason', async () => {
  const seen = await observe(topology, context, deps())
  expect(seen.hosts.pve1).toMatchObject({
    state: 'known',
    value: { node: 'pve1', version: expect.stringMatching(/^9/) },
  })
  expect(seen.hosts.pve9).toMatchObject({
    state: 'unknown',
    since: 1000,
    reason: expect.stringContaining('does not answer'),
  })
  expect(Object.keys(seen.hosts)).toEqual(['pve1', 'pve9'])
  expect(seen.vms.web).toMatchObject({
    state: 'known',
    value: {
      vmid: 220,
      running: false,
      uuid: '8dba9275-26c5-4944-b7fe-079cdc76c82c',
      pending: [],
      seedAttached: false,
      addresses: null,
    },
  })
  expect(seen.vms.absent).toEqual({ state: 'absent', at: 1000 })
  expect(seen.vms['over-there']).toMatchObject({
    state: 'unknown',
    reason: expect.stringMatching(/^pve9 could not be read/),
  })
  expect(seen.vms['left-the-document']).toMatchObject({ state: 'known', value: { vmid: 221 } })
  expect(seen.templates.jammy).toMatchObject({
    state: 'known',
    value: { vmid: 9000, baked: false, specHash: null, madeAt: expect.any(Number) },
  })
  expect(seen.templates.noble).toEqual({ state: 'absent', at: 1000 })
  expect(seen.clusters.k).toEqual({ state: 'absent', at: 1000 })
  expect(seen.parked).toEqual([
    { serial: 't1-nfs-data', node: 'pve1', holderVmid: 9900, storage: 'local-lvm', sizeGib: 5 },
  ])
})

test('strangers are listed without a marker, ours with it', async () => {
  const seen = await observe(topology, context, deps())
  const guests = seen.hosts.pve1?.state === 'known' ? seen.hosts.pve1.value.guests : []
  expect(guests.find(({ vmid }) => vmid === 220)?.marker).toBe('drawbridge:p1/t1/vms/web')
  expect(guests.filter(({ marker }) => marker === null).map(({ vmid }) => vmid)).toEqual(
    expect.arrayContaining([101]),
  )
})

test("another panel's VMs of a topology of the same name are not taken for ours", async () => {
  const seen = await observe(topology, { ...context, panelId: 'p2' }, deps())
  expect(seen.vms.web).toEqual({ state: 'absent', at: 1000 })
})

test('unknown keeps the time since when it is', async () => {
  const first: Observed = await observe(topology, context, deps(1000))
  const second = await observe(topology, context, deps(5000), first)
  expect(second.hosts.pve9).toMatchObject({ state: 'unknown', since: 1000 })
  expect(second.at).toBe(5000)
})

test('a node that its Proxmox does not have is unknown, and so is what stands on it', async () => {
  const wrong = {
    ...topology,
    hosts: { pve1: { ...topology.hosts?.pve1, role: 'proxmox' as const, node: 'other' } },
  }
  const seen = await observe(wrong, context, deps())
  expect(seen.hosts.pve1).toMatchObject({
    state: 'unknown',
    reason: 'this Proxmox has no node other, it has pve1',
  })
  expect(seen.vms.web).toMatchObject({ state: 'unknown' })
})

test('a copy with the marker of a VM is not taken for it; without a VMID to tell them apart nobody knows', async () => {
  const { marker } = refOf('web', 220)
  const upid = await home.proxmox.createVm('pve1', 777, { name: 'copy', description: marker })
  await home.proxmox.waitForTask(upid, { signal: AbortSignal.timeout(30_000) })
  const named = { ...topology, vms: { ...topology.vms, web: { ...topology.vms!.web!, vmid: 220 } } }
  expect((await observe(named, context, deps())).vms.web).toMatchObject({ value: { vmid: 220 } })
  expect((await observe(topology, context, deps())).vms.web).toMatchObject({
    state: 'unknown',
    reason: expect.stringMatching(/VMID 220 and 777 both carry its marker/),
  })
})
