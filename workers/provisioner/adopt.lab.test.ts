import { afterAll, beforeAll, expect, test } from 'vitest'
import { findRevision, saveRevision, toStored } from '@/lib/db/revisions'
import { atTheBox } from '@/lib/db/who'
import type { Proxmox, VmConfig } from '@/lib/proxmox/proxmox'
import { readInventory } from '@/lib/steps/read-inventory'
import { adoptMachines } from '@/lib/topology/adopt/adopt'
import type { Change } from '@/lib/topology/change'
import { rewriteText } from '@/lib/topology/rewrite'
import { readTopology } from '@/lib/topology/testing/read-seed'
import { deployable } from '@/lib/topology/validate'
import {
  addTopology,
  carryOut,
  type Homelab,
  mustPlan,
  planNow,
  startHomelab,
} from './testing/homelab'

// Five machines that nobody of ours made, each set up in another way.
const FOREIGN: Record<number, Record<string, string | number>> = {
  301: {
    name: 'Win11.home',
    description: "Ada's desktop, do not touch\n",
    ...{ cores: 4, sockets: 2, memory: 8192, balloon: 4096, cpu: 'host', ostype: 'win11' },
    ...{ bios: 'ovmf', machine: 'q35', scsihw: 'lsi', agent: 1, tags: 'Games;my_tag' },
    net0: 'e1000=BC:24:11:AA:00:01,bridge=vmbr0,firewall=1',
    sata0: 'local-lvm:64,cache=writeback',
    boot: 'order=sata0',
  },
  302: {
    name: 'nas',
    ...{ cores: 2, memory: 4096, cpu: 'kvm64', onboot: 1, protection: 1 },
    ...{ startup: 'order=2,up=30,down=90', scsihw: 'virtio-scsi-pci' },
    net0: 'virtio=BC:24:11:AA:00:02,bridge=vmbr0,queues=4',
    net1: 'virtio=BC:24:11:AA:00:12,bridge=vmbr0,tag=30,mtu=1',
    ipconfig0: 'ip=10.0.0.62/24,gw=10.0.0.1',
    virtio0: 'local-lvm:8',
    virtio1: 'local-lvm:100,serial=WD-1234',
    boot: 'order=virtio0;net0',
  },
  303: {
    name: 'web-a',
    cores: 2,
    memory: 2048,
    net0: 'virtio=BC:24:11:AA:00:03,bridge=vmbr0',
    scsi0: 'local-lvm:16',
  },
  304: {
    name: 'web-b',
    cores: 2,
    memory: 2048,
    net0: 'virtio=BC:24:11:AA:00:04,bridge=vmbr0',
    scsi0: 'local-lvm:16',
    serial0: 'socket',
  },
  305: {
    name: 'old',
    cores: 1,
    memory: 512,
    net0: 'rtl8139=BC:24:11:AA:00:05,bridge=vmbr0',
    ide0: 'local-lvm:4',
  },
}
const VMIDS = Object.keys(FOREIGN).map(Number)

let home: Homelab
let proxmox: Proxmox
let topologyId: string
let before: Map<number, VmConfig>

const configs = async () =>
  new Map(
    await Promise.all(
      VMIDS.map(async (vmid) => [vmid, await proxmox.getConfig('pve1', vmid)] as const),
    ),
  )
const wait = { signal: AbortSignal.timeout(60_000) }

beforeAll(async () => {
  home = await startHomelab({ speed: 600 })
  proxmox = await home.shop.reach.proxmox('lab')
  for (const vmid of VMIDS)
    await proxmox.waitForTask(await proxmox.createVm('pve1', vmid, FOREIGN[vmid]!), wait)
  for (const vmid of [301, 303])
    await proxmox.waitForTask(await proxmox.startVm('pve1', vmid), wait)
  before = await configs()
})
afterAll(() => home.close())

const readMyProxmox = async (text: string, answers: Record<string, string> = {}) => {
  const inventory = await readInventory(proxmox, { now: Date.now, signal: wait.signal })
  const inventories = { lab: { name: 'Lab', inventory } }
  return adoptMachines(readTopology(text), { inventories, connection: 'lab', answers })
}
const EMPTY = 'drawbridge: 1\nname: Mine\n'

/** Saves the document with these changes on top of its head. */
async function edit(...changes: Change[]): Promise<void> {
  const head = toStored(await findRevision(home.db, topologyId))
  await saveRevision(home.db, {
    ...{ topologyId, parent: head.revision.number, message: 'edit', actor: atTheBox('test') },
    ...{ text: rewriteText(head.text, changes), now: Date.now() },
  })
}

test('what runs is drawn: machines, networks, sizes, and what has no field by name', async () => {
  const read = await readMyProxmox(EMPTY, { 'cidr:vmbr0/30': '10.30.0.0/24' })
  expect(read.questions.map(({ id }) => id)).toEqual(['cidr:vmbr0/30'])
  expect(read.topology.vms).toMatchObject({
    'win11-home': { adopted: true, vmid: 301, cpus: 8, balloonMib: 4096, cpuType: 'host' },
    nas: { nics: { net0: { address: '10.0.0.62' }, net1: { network: 'vlan-30' } } },
    'web-a': { size: '2c-2g-16g' },
    'web-b': { size: '2c-2g-16g' },
  })
  expect(read.topology.vms?.['win11-home']).not.toHaveProperty('tags')
  const found = (vmid: number) => read.found.find((each) => each.vmid === vmid)
  expect(found(301)?.left).toEqual(expect.arrayContaining(['name', 'ostype', 'scsihw', 'tags']))
  expect(found(100)).toMatchObject({
    kind: 'lxc',
    as: 'unmanaged',
    cannot: expect.stringContaining('container'),
  })
  expect(read.problems.filter(({ severity }) => severity === 'blocker')).toEqual([])
  expect(deployable(read.problems)).toBe(true)
})

test('a drawing that was saved plans nothing before Adopt, and Adopt writes one line each', async () => {
  const answers = { 'cidr:vmbr0/30': '10.30.0.0/24' }
  const { changes } = await readMyProxmox(EMPTY, { ...answers, 'guest:lab/101': 'unmanaged' })
  topologyId = await addTopology(home, rewriteText(EMPTY, changes))
  const early = await planNow(home, topologyId, { kind: 'deploy' })
  expect(early.ok ? [] : early.refusals.map(({ code }) => code)).toEqual(
    VMIDS.map(() => 'plan.not-adopted'),
  )
  const plan = await carryOut(home, topologyId, { kind: 'adopt' })
  expect(plan.steps.map(({ id }) => id).toSorted()).toEqual(
    ['nas', 'old', 'web-a', 'web-b', 'win11-home'].map((id) => `vm.adopt:${id}`),
  )
  expect(plan.level).toBe(1)
  expect(plan.changes.find(({ object }) => object[1] === 'win11-home')).toMatchObject({
    effect: 'adopt',
    fields: [{ field: 'description', from: expect.stringContaining("Ada's desktop") }],
  })
  const after = await configs()
  for (const vmid of VMIDS) {
    const { description: was = '', ...rest } = before.get(vmid)!.values
    const { description = '', ...now } = after.get(vmid)!.values
    expect(now).toEqual(rest)
    expect(description.trim()).toBe(
      [was.trim(), description.trim().split('\n').at(-1)].filter(Boolean).join('\n'),
    )
    expect(description).toContain('drawbridge:')
  }
})

test('the plan right after is empty', async () => {
  const plan = await mustPlan(home, topologyId, { kind: 'deploy' })
  expect(plan.steps).toEqual([])
  expect(plan.changes).toEqual([])
  expect((await mustPlan(home, topologyId, { kind: 'adopt' })).steps).toEqual([])
})

test('more memory is more memory, and nothing else', async () => {
  const was = await configs()
  await edit({ path: ['vms', 'nas', 'memoryMib'], to: 6144 })
  const plan = await carryOut(home, topologyId, { kind: 'deploy' })
  expect(plan.changes.map(({ object, fields }) => [object[1], fields.map((f) => f.field)])).toEqual(
    [['nas', ['memoryMib']]],
  )
  const now = await configs()
  expect(now.get(302)!.values).toEqual({ ...was.get(302)!.values, memory: '6144' })
  for (const vmid of VMIDS.filter((each) => each !== 302))
    expect(now.get(vmid)).toEqual(was.get(vmid))
  expect((await mustPlan(home, topologyId, { kind: 'deploy' })).steps).toEqual([])
})

test('a NIC that is changed keeps what the document has no field for, and so does a disk', async () => {
  await edit(
    { path: ['vms', 'nas', 'nics', 'net0', 'firewall'], to: true },
    { path: ['vms', 'win11-home', 'disks', 'sata0', 'ssd'], to: true },
  )
  await carryOut(home, topologyId, { kind: 'deploy' })
  const now = await configs()
  expect(now.get(302)!.values.net0).toContain('queues=4')
  expect(now.get(302)!.values.net0).toContain('firewall=1')
  expect(now.get(301)!.values.sata0).toContain('cache=writeback')
  expect((await mustPlan(home, topologyId, { kind: 'deploy' })).steps).toEqual([])
})

test('a marker that was lost comes back; another machine at the VMID is refused', async () => {
  await proxmox.setConfig('pve1', 303, { set: { description: 'cleaned up' } })
  const plan = await carryOut(home, topologyId, { kind: 'adopt' })
  expect(plan.steps.map(({ id }) => id)).toEqual(['vm.adopt:web-a'])
  expect((await mustPlan(home, topologyId, { kind: 'deploy' })).steps).toEqual([])

  await proxmox.setConfig('pve1', 304, {
    set: { description: 'mine now', net0: 'virtio=BC:24:11:FF:00:04,bridge=vmbr0' },
  })
  const refused = await planNow(home, topologyId, { kind: 'adopt' })
  expect(refused.ok ? [] : refused.refusals.map(({ code }) => code)).toEqual(['plan.adopt-other'])
})
