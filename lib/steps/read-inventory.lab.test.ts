import { afterAll, beforeAll, expect, test } from 'vitest'
import { BLUEPRINT_IDS } from '@/lib/topology/blueprints/catalogue'
import { BLUEPRINT_TEXTS } from '@/lib/topology/blueprints/texts'
import { fitTopology } from '@/lib/topology/fit/fit'
import type { Inventory } from '@/lib/topology/fit/inventory'
import { readTopology } from '@/lib/topology/testing/read-seed'
import { deployable } from '@/lib/topology/validate'
import { readInventory } from './read-inventory'
import { type LabSteps, startLabSteps } from './testing/lab-steps'

let home: LabSteps
let inventory: Inventory
beforeAll(async () => {
  home = await startLabSteps()
  const signal = AbortSignal.timeout(30_000)
  inventory = await readInventory(home.proxmox, { now: () => 7, signal })
})
afterAll(() => home.close())

test('it says what the machine has, over the wire', () => {
  expect(inventory.at).toBe(7)
  const [node] = inventory.nodes
  expect(node).toMatchObject({ node: 'pve1', trouble: null })
  expect(node?.facts).toMatchObject({
    cpuModel: 'AMD Ryzen 9 7950X 16-Core Processor',
    cpuType: 'x86-64-v2-AES',
    cpuThreads: 32,
    memoryMib: 131_072,
    bridges: [{ name: 'vmbr0', vlanAware: true, address: '10.0.0.10/24', gateway: '10.0.0.1' }],
    dns: { search: 'home.arpa', servers: ['10.0.0.1'] },
  })
  expect(node?.facts?.guests.map(({ vmid, kind, marker }) => ({ vmid, kind, marker }))).toEqual([
    { vmid: 100, kind: 'lxc', marker: null },
    { vmid: 101, kind: 'qemu', marker: null },
  ])
  // The container says so itself; the VM has no agent to ask.
  expect(node?.facts?.guests.map(({ addresses }) => addresses)).toEqual([['10.0.0.60'], []])
  expect(node?.facts?.storages.map(({ id }) => id)).toEqual(['local', 'local-lvm'])
})

test.each(BLUEPRINT_IDS)('%s fits the lab without a blocker', (id) => {
  const topology = readTopology(BLUEPRINT_TEXTS[id])
  const inventories = { lab: { name: 'Lab', inventory } }
  const fitted = fitTopology(topology, { inventories, preferred: null, answers: {} })
  expect(fitted.unmet).toEqual([])
  expect(deployable(fitted.problems)).toBe(true)
  if (id === 'dark-knight') expect(fitted.took).toEqual([])
})
