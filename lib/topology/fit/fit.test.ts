import { expect, test } from 'vitest'
import { allocate } from '../allocate'
import { applyChanges } from '../apply'
import { BLUEPRINTS, type BlueprintId } from '../blueprints/catalogue'
import { BLUEPRINT_TEXTS } from '../blueprints/texts'
import { resolveVms } from '../resolve'
import { readTopology } from '../testing/read-seed'
import type { Topology } from '../topology'
import { deployable, validate } from '../validate'
import { type Fit, fitTopology } from './fit'
import type { Inventories } from './fit-hosts'
import type { FitAnswers } from './fitting'
import { aNode, inventoryOf } from './testing/inventories'

const blueprint = (id: BlueprintId) => readTopology(BLUEPRINT_TEXTS[id])
const mac = (n: number) => `BC:24:11:00:00:${n.toString(16).padStart(2, '0').toUpperCase()}`

const home: Inventories = {
  'c-1': { name: 'Home', inventory: inventoryOf([aNode('proxmox', {})]) },
}

const fitHome = (id: BlueprintId, answers: FitAnswers = {}, inventories = home): Fit =>
  fitTopology(blueprint(id), { inventories, preferred: 'c-1', answers })

const saved = ({ topology }: Fit) =>
  applyChanges(topology, allocate(topology, { vmids: [], addresses: [], macs: [] }, mac))

test('Dark Knight fits a flat LAN with one ordinary box', () => {
  const result = fitHome('dark-knight')
  expect(result.unmet).toEqual([])
  expect(deployable(result.problems)).toBe(true)
  const topology = saved(result)
  expect(Object.keys(topology.networks ?? {})).toEqual(['management'])
  expect(topology.networks?.management).toMatchObject({
    cidr: '192.168.178.0/24',
    gateway: '192.168.178.1',
    dns: ['192.168.178.1'],
  })
  expect(topology.hosts?.pve1).toMatchObject({
    connection: 'c-1',
    node: 'proxmox',
    address: '192.168.178.20',
    memoryMib: 65_536,
  })
  const addresses = resolveVms(topology).flatMap((vm) => vm.nics.map((nic) => nic.address))
  expect(new Set(addresses).size).toBe(8)
  for (const address of addresses) {
    const last = Number(address?.split('.')[3])
    expect(last >= 100 && last <= 199, `${address} is in DHCP`).toBe(false)
  }
  expect(result.took.join('\n')).toContain('nfs-storage: its NIC storage')
  expect(result.took.join('\n')).toContain('memory from')
})

test('a question asks for what Proxmox does not tell, and an answer counts', () => {
  const result = fitHome('single-node', { 'dhcp:lan': '192.168.178.20-192.168.178.200' })
  const asked = result.questions.find(({ id }) => id === 'dhcp:lan')
  expect(asked).toMatchObject({
    origin: 'guess',
    value: '192.168.178.20-192.168.178.200',
    fault: null,
  })
  expect(result.topology.pools?.dhcp).toMatchObject({
    from: '192.168.178.20',
    to: '192.168.178.200',
  })
  expect(result.topology.pools?.workers?.from).toMatch(/^192\.168\.178\.2[0-4]\d$/)
  expect(result.unmet).toEqual([])
})

test('an answer that will not do is told with why, and the proposal counts', () => {
  const result = fitHome('single-node', { 'gateway:lan': '10.0.0.1' })
  const asked = result.questions[0]
  expect(asked).toMatchObject({
    id: 'gateway:lan',
    fault: 'It has to be in 192.168.178.0/24.',
    value: '192.168.178.1',
  })
})

test('where somebody was seen nothing is proposed, laid or given away', () => {
  const inventories = home
  const input = { inventories, preferred: 'c-1', answers: {} }
  const plain = fitTopology(blueprint('single-node'), input)
  const rangeOf = ({ questions }: Fit) => questions.find(({ id }) => id === 'range:lan')?.value
  expect(rangeOf(plain)).toBe('192.168.178.41-192.168.178.99')
  const seen = [
    { address: '192.168.178.70', owner: 'a doorbell' },
    { address: '192.168.178.230', owner: 'a printer' },
    { address: '192.168.178.205', owner: 'a TV' },
  ]
  const wary = fitTopology(blueprint('single-node'), { ...input, seen })
  expect(rangeOf(wary)).toBe('192.168.178.71-192.168.178.99')

  // Answered all the same: the larger part between them is taken.
  const answers = { 'range:lan': '192.168.178.200-192.168.178.250' }
  const insists = fitTopology(blueprint('single-node'), { ...input, answers, seen })
  expect(insists.unmet).toEqual([])
  for (const { from, to, purpose } of Object.values(insists.topology.pools ?? {})) {
    if (purpose === 'dhcp') continue
    expect(from >= '192.168.178.206' && to <= '192.168.178.229', `${from}-${to}`).toBe(true)
  }
})

test('somebody who is seen later in a pool is passed over; only MetalLB moves out of the way', () => {
  const input = { inventories: home, preferred: 'c-1', answers: {} }
  const { topology } = fitTopology(blueprint('single-node'), input)
  const inPool = (id: string) => [{ address: topology.pools?.[id]?.to ?? '', owner: 'a TV' }]
  expect(fitTopology(topology, { ...input, seen: inPool('workers') }).changes).toEqual([])
  const moved = fitTopology(topology, { ...input, seen: inPool('metallb') })
  expect(moved.changes).not.toEqual([])
  expect(moved.unmet).toEqual([])
})

test('three hosts on one machine become one, and say what that costs', () => {
  const result = fitHome('three-hosts-ha')
  expect(Object.keys(result.topology.hosts ?? {})).toEqual(['pve1'])
  expect(Object.keys(result.topology.templates ?? {})).toHaveLength(1)
  expect(result.took.join('\n')).toContain('fail with it')
  expect(result.unmet).toEqual([])
})

test('a storage without images is named with the command that helps', () => {
  const node = aNode('proxmox', {
    storages: [
      {
        id: 'local',
        type: 'dir',
        content: ['iso', 'backup'],
        active: true,
        shared: false,
        totalGib: 90,
        usedGib: 4,
      },
      {
        id: 'local-lvm',
        type: 'lvmthin',
        content: ['images'],
        active: true,
        shared: false,
        totalGib: 800,
        usedGib: 10,
      },
    ],
  })
  const result = fitHome(
    'single-node',
    {},
    { 'c-1': { name: 'Home', inventory: inventoryOf([node]) } },
  )
  expect(result.unmet.map(({ code }) => code)).toEqual(['fit.no-import-storage'])
  expect(result.unmet[0]?.message).toContain('pvesm set local --content iso,backup,import')
})

test('a machine without memory gives up workers before it gives up', () => {
  const small = aNode('proxmox', { memoryMib: 10_240, cpuThreads: 4 })
  const result = fitHome(
    'single-node',
    {},
    { 'c-1': { name: 'Home', inventory: inventoryOf([small]) } },
  )
  expect(result.unmet).toEqual([])
  expect(result.topology.clusters?.home?.workers).toEqual(['k8s-worker-1'])
  const none = aNode('proxmox', { memoryMib: 3072, cpuThreads: 4 })
  const never = fitHome(
    'single-node',
    {},
    { 'c-1': { name: 'Home', inventory: inventoryOf([none]) } },
  )
  expect(never.unmet.map(({ code }) => code)).toEqual(['fit.no-memory'])
})

test('a VMID that somebody has is given up, and a first number is kept to', () => {
  const result = fitHome('single-node', { vmids: '500' })
  const vmids = Object.values(result.topology.vms ?? {}).map(({ vmid }) => vmid)
  expect(vmids).toEqual([500, 501, 502])
})

test('an old processor gets an older CPU type', () => {
  const old = aNode('proxmox', { cpuType: 'x86-64-v2' })
  const result = fitHome(
    'single-node',
    {},
    { 'c-1': { name: 'Home', inventory: inventoryOf([old]) } },
  )
  expect(result.topology.vms?.['k8s-control']?.cpuType).toBe('x86-64-v2')
})

test('a new domain renames everything below the old one', () => {
  const { topology } = fitHome('dark-knight', { domain: 'lab.example.net' })
  expect(topology.clusters?.['dark-knight']?.endpoint?.name).toBe('api.lab.example.net')
  expect(topology.clusters?.['dark-knight']?.addOns?.['argo-cd']?.host).toBe(
    'argocd.lab.example.net',
  )
})

test('pods and services keep clear of the house', () => {
  const wide = aNode('proxmox', {
    bridges: [{ name: 'vmbr0', vlanAware: false, address: '10.97.3.4/16', gateway: '10.97.0.1' }],
  })
  const result = fitHome(
    'single-node',
    {},
    { 'c-1': { name: 'Home', inventory: inventoryOf([wide]) } },
  )
  expect(result.unmet).toEqual([])
  expect(result.topology.clusters?.home?.serviceCidr).not.toBe('10.96.0.0/12')
})

test('an empty drawing becomes what is there, ready for a first VM, and twice is once', () => {
  const empty: Topology = { drawbridge: 1, name: 'Cupboard' }
  const input = { inventories: home, preferred: null, answers: {} }
  const drawn = fitTopology(empty, input)
  expect(drawn.unmet).toEqual([])
  expect(drawn.problems.filter(({ severity }) => severity !== 'note')).toEqual([])
  const { hosts, networks, pools, unmanaged, templates } = drawn.topology
  expect(hosts).toMatchObject({
    proxmox: { connection: 'c-1', address: '192.168.178.20', network: 'lan', version: '9.0.11' },
  })
  expect(Object.keys(hosts?.proxmox?.storages ?? {})).toContain('local-lvm')
  expect(networks).toMatchObject({ lan: { cidr: '192.168.178.0/24', dns: ['192.168.178.1'] } })
  expect(unmanaged).toEqual({
    'home-assistant': {
      ...{ kind: 'vm', host: 'proxmox', vmid: 100, cpus: 2, memoryMib: 4096 },
      ...{ addresses: ['192.168.178.40'], network: 'lan' },
    },
  })
  expect(Object.values(templates ?? {})).toMatchObject([{ host: 'proxmox', os: 'ubuntu' }])
  expect(pools?.vms?.from).not.toBe('192.168.178.1')
  expect(drawn.questions.map(({ id }) => id)).toContain('dhcp:lan')
  expect(fitTopology(drawn.topology, input).changes).toEqual([])
})

test('guests of others stay where their machine is, and lose what it has not', () => {
  const topology = blueprint('single-node')
  const guest = { kind: 'vm' as const, host: 'pve1', devices: ['hba'] }
  topology.hosts!.pve1!.devices = { hba: { kind: 'hba' } }
  topology.services = { nas: { kind: 'backup', runsOn: 'truenas' } }
  topology.unmanaged = {
    'home-assistant': { ...guest, vmid: 100, disks: { c: { storage: 'gone', sizeGib: 32 } } },
    truenas: { ...guest, devices: [], vmid: 101 },
  }
  const input = { inventories: home, preferred: 'c-1', answers: {} }
  const fitted = fitTopology(topology, input)
  expect(fitted.unmet).toEqual([])
  expect(fitted.topology.unmanaged).toEqual({
    'home-assistant': { kind: 'vm', host: 'pve1', vmid: 100, disks: { c: { sizeGib: 32 } } },
  })
  expect(fitted.topology.services?.nas).toEqual({ kind: 'backup' })
  expect(fitted.took.join('\n')).toContain('truenas: there is none with VMID 101 on pve1')
  expect(fitTopology(fitted.topology, input).changes).toEqual([])
})

test('of two connections the person chooses whose machines are drawn', () => {
  const inventories: Inventories = {
    ...home,
    'c-2': { name: 'Lake', inventory: inventoryOf([aNode('Lake-1', {}), aNode('lake2', {})]) },
  }
  const input = { inventories, preferred: null, answers: { draw: 'c-2' } }
  const { topology, questions } = fitTopology({ drawbridge: 1, name: 'Two' }, input)
  expect(questions.find(({ id }) => id === 'draw')?.options).toEqual([
    { value: 'c-1', label: 'Home' },
    { value: 'c-2', label: 'Lake' },
  ])
  expect(topology.hosts).toMatchObject({ 'lake-1': { node: 'Lake-1' }, lake2: {} })
  expect(topology.hosts?.lake2).not.toHaveProperty('node')
})

test('without a machine nothing is changed and the reason is told', () => {
  const result = fitTopology(blueprint('single-node'), {
    inventories: {},
    preferred: null,
    answers: {},
  })
  expect(result.changes).toEqual([])
  expect(result.unmet.map(({ code }) => code)).toEqual(['fit.no-machine'])
})

for (const { id } of BLUEPRINTS) {
  test(`${id} fits an ordinary box, and twice is once`, () => {
    const first = fitHome(id)
    expect(first.unmet).toEqual([])
    expect(deployable(validate(saved(first)))).toBe(true)
    const again = fitTopology(first.topology, { inventories: home, preferred: 'c-1', answers: {} })
    expect(again.changes).toEqual([])
    const later = fitTopology(saved(first), { inventories: home, preferred: null, answers: {} })
    expect(later.changes).toEqual([])
  })
}
