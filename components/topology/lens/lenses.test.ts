import { expect, test } from 'vitest'
import { applyChanges } from '@/lib/topology/apply'
import { DARK_KNIGHT } from '@/lib/topology/blueprints/dark-knight'
import { changesOf } from '@/lib/topology/edit'
import { parseTopology } from '@/lib/topology/parse'
import { resolveVms } from '@/lib/topology/resolve'
import type { Topology } from '@/lib/topology/topology'
import { promisedByHost, type Scene } from '../item-data'
import { keepUnchanged, toFlow } from '../to-flow'
import { LENSES, type Lens } from './box'
import { settle, tidyPlaces } from './settle'

function blueprint(): Topology {
  const parsed = parseTopology(DARK_KNIGHT)
  if (!parsed.ok) throw new Error('the blueprint does not parse')
  return parsed.topology
}

function sceneOf(topology: Topology): Scene {
  const vms = resolveVms(topology)
  return {
    topology,
    observed: null,
    stale: false,
    vms: new Map(vms.map((vm) => [vm.id, vm])),
    promised: promisedByHost(vms),
    problems: new Map(),
  }
}

const flowOf = (topology: Topology, lens: Lens) => toFlow(sceneOf(topology), lens, {})

test('the network lens hangs all eight VMs on their buses and ties the second NIC as well', () => {
  const { nodes, edges } = flowOf(blueprint(), 'network')
  expect(nodes.filter(({ data }) => data.kind === 'vm')).toHaveLength(8)
  expect(nodes.filter(({ type }) => type === 'bus')).toHaveLength(5)
  const nfs = edges.filter(({ source }) => source === 'vms/nfs-storage')
  expect(nfs.map(({ target }) => target)).toEqual(['networks/kubernetes', 'networks/storage'])
})

test('the physical lens puts the VMs into their host, with what is promised of it', () => {
  const { nodes } = flowOf(blueprint(), 'physical')
  const inside = nodes.filter(({ parentId }) => parentId === 'hosts/pve1')
  expect(inside.filter(({ data }) => data.kind === 'vm')).toHaveLength(8)
  const host = nodes.find(({ id }) => id === 'hosts/pve1')
  expect(host?.data.bars.map(({ text }) => text)).toContain('82 of 128 GiB')
})

test('the Kubernetes lens shows every machine of the cluster and every add-on', () => {
  const topology = blueprint()
  const { nodes } = flowOf(topology, 'kubernetes')
  const addOns = Object.keys(topology.clusters?.['dark-knight']?.addOns ?? {})
  expect(nodes.filter(({ data }) => data.kind === 'vm')).toHaveLength(8)
  expect(nodes.filter(({ data }) => data.kind === 'add-on')).toHaveLength(addOns.length)
})

test('the storage lens shows every disk on its storage', () => {
  const topology = blueprint()
  const disks = resolveVms(topology).flatMap((vm) => vm.disks)
  const { nodes } = flowOf(topology, 'storage')
  expect(nodes.filter(({ data }) => data.kind === 'disk')).toHaveLength(disks.length)
})

const HOUSE: Topology = {
  ...{ drawbridge: 1, name: 'House' },
  hosts: { box: { role: 'proxmox', network: 'lan', cpuThreads: 8, memoryMib: 16_384 } },
  networks: { lan: { cidr: '192.168.1.0/24', gateway: '192.168.1.1' } },
  routers: { fritz: { address: '192.168.1.1' } },
  switches: { switch: { portMap: { p1: { to: 'box' }, p2: { to: 'fritz' } }, links: ['box'] } },
  ups: { ups: { feeds: ['box', 'switch'], runtimeMin: 12 } },
  unmanaged: {
    pihole: { kind: 'lxc', host: 'box', memoryMib: 512, cpus: 1, addresses: ['192.168.1.53'] },
    windows: { kind: 'vm', host: 'box', memoryMib: 8192, cpus: 4 },
  },
  services: { nas: { kind: 'backup', address: '192.168.1.5' }, mail: { kind: 'mail' } },
}

test('unmanaged guests stand in their host and, where their address is known, in their network', () => {
  const physical = flowOf(HOUSE, 'physical').nodes
  const inside = physical.filter(({ parentId }) => parentId === 'hosts/box').map(({ id }) => id)
  expect(inside).toEqual(['unmanaged/pihole', 'unmanaged/windows'])
  const host = physical.find(({ id }) => id === 'hosts/box')
  expect(host?.data.bars.map(({ text }) => text)).toEqual(['5 of 8 threads', '8.5 of 16 GiB'])
  const { nodes, edges } = flowOf(HOUSE, 'network')
  const ids = nodes.map(({ id }) => id)
  expect(ids).toEqual(expect.arrayContaining(['unmanaged/pihole', 'services/nas']))
  expect(ids).not.toContain('unmanaged/windows')
  expect(ids).not.toContain('services/mail')
  expect(edges.map(({ source, target }) => `${source} ${target}`)).toContain(
    'unmanaged/pihole networks/lan',
  )
})

test('cables are drawn once, by the list or by the ports, and power from the UPS', () => {
  const { edges } = flowOf(HOUSE, 'physical')
  expect(edges.map(({ source, target }) => `${source} ${target}`).toSorted()).toEqual([
    'switches/switch hosts/box',
    'switches/switch routers/fritz',
    'ups/ups hosts/box',
    'ups/ups switches/switch',
  ])
})

test.each(LENSES)('no two items of the %s lens cover each other', (lens) => {
  const { nodes } = flowOf(blueprint(), lens)
  for (const a of nodes) {
    for (const b of nodes) {
      if (a.id >= b.id || a.parentId !== b.parentId) continue
      const apart =
        a.position.x + (a.width ?? 0) <= b.position.x ||
        b.position.x + (b.width ?? 0) <= a.position.x ||
        a.position.y + (a.height ?? 0) <= b.position.y ||
        b.position.y + (b.height ?? 0) <= a.position.y
      expect(apart, `${a.id} and ${b.id}`).toBe(true)
    }
  }
})

test.each(LENSES)('adding a VM moves nothing else in the %s lens', (lens) => {
  const topology = blueprint()
  const before = settle(topology, lens, {})
  const added = applyChanges(
    topology,
    changesOf(topology, { kind: 'addVm', id: 'aaa', role: 'worker', network: 'kubernetes' }),
  )
  const after = settle(added, lens, before)
  for (const [place, point] of Object.entries(before)) expect(after[place]).toEqual(point)
})

test('a VM that moves to another network and back finds its old place', () => {
  const topology = blueprint()
  const before = settle(topology, 'network', {
    ...tidyPlaces(topology, 'network'),
    'networks/kubernetes/vms/k8s-worker-1': { x: 4242, y: 42 },
  })
  const nic = Object.keys(topology.vms?.['k8s-worker-1']?.nics ?? {})[0] ?? ''
  const moved = applyChanges(
    topology,
    changesOf(topology, { kind: 'moveVm', vm: 'k8s-worker-1', nic, network: 'dmz' }),
  )
  const there = settle(moved, 'network', before)
  expect(there['networks/dmz/vms/k8s-worker-1']).toBeDefined()
  expect(settle(topology, 'network', there)['networks/kubernetes/vms/k8s-worker-1']).toEqual({
    x: 4242,
    y: 42,
  })
})

test('an edit leaves every other node what it was, so that only one is drawn', () => {
  const topology = blueprint()
  const before = flowOf(topology, 'network')
  const edited = applyChanges(topology, [{ path: ['vms', 'k8s-worker-1', 'name'], to: 'renamed' }])
  const after = keepUnchanged(before, flowOf(edited, 'network'))
  const fresh = after.nodes.filter((node) => !before.nodes.includes(node))
  expect(fresh.map(({ id }) => id)).toEqual(['vms/k8s-worker-1'])
})
