import fc from 'fast-check'
import { expect, test } from 'vitest'
import { allocate } from '../allocate'
import { applyChanges } from '../apply'
import { BLUEPRINT_IDS } from '../blueprints/catalogue'
import { BLUEPRINT_TEXTS } from '../blueprints/texts'
import { readTopology } from '../testing/read-seed'
import { runs } from '../testing/runs'
import { validate } from '../validate'
import { fitTopology } from './fit'
import { aNode, anInventory, inventoryOf } from './testing/inventories'

const DRAWN = BLUEPRINT_IDS.map((id) => [id, readTopology(BLUEPRINT_TEXTS[id])] as const)
const aBlueprint = fc.constantFrom(...DRAWN)
const inOne = (inventory: ReturnType<typeof inventoryOf>) => ({
  'c-1': { name: 'Home', inventory },
})
const mac = (n: number) => `BC:24:11:00:00:${n.toString(16).padStart(2, '0').toUpperCase()}`
const anAnswer = fc.record(
  {
    'wire:all': fc.constantFrom('flat', 'vlans'),
    vmids: fc.constantFrom('200', '300', '9000'),
    domain: fc.constantFrom('home.arpa', 'lab.example.net'),
    'dhcp:management': fc.constantFrom('none', '192.168.1.100-192.168.1.150'),
    'dhcp:lan': fc.constantFrom('none', '192.168.178.20-192.168.178.200'),
  },
  { requiredKeys: [] },
)

/** What a machine can lack; everything else, a fit has to bring about. */
const REQUIREMENTS = new Set([
  'fit.no-memory',
  'fit.no-disk',
  'fit.no-threads',
  'fit.no-bridge',
  'fit.no-disk-storage',
  'fit.no-import-storage',
  'fit.no-addresses',
])

test('a fit has no blocker, or names exactly the requirement that cannot be met', () => {
  fc.assert(
    fc.property(aBlueprint, anInventory, anAnswer, ([id, topology], inventory, answers) => {
      const fitted = fitTopology(topology, {
        ...{ inventories: inOne(inventory), preferred: 'c-1', answers },
      })
      const other = fitted.unmet.filter(({ code }) => !REQUIREMENTS.has(code))
      expect(other, id).toEqual([])
      const blockers = fitted.problems.filter(({ severity }) => severity === 'blocker')
      if (fitted.unmet.length === 0) expect(blockers).toEqual([])
    }),
    runs(60),
  )
})

test('a fitted document fits as it is, also after it was saved', () => {
  fc.assert(
    fc.property(aBlueprint, anInventory, anAnswer, ([, topology], inventory, answers) => {
      const inventories = inOne(inventory)
      const once = fitTopology(topology, { inventories, preferred: 'c-1', answers })
      const twice = fitTopology(once.topology, { inventories, preferred: 'c-1', answers })
      expect(twice.changes).toEqual([])
      const vmids = inventory.nodes.flatMap(({ facts }) =>
        (facts?.guests ?? []).map(({ vmid }) => vmid),
      )
      const saved = applyChanges(
        once.topology,
        allocate(once.topology, { vmids, addresses: [], macs: [] }, mac),
      )
      const later = fitTopology(saved, { inventories, preferred: null, answers: {} })
      expect(later.changes).toEqual([])
      if (once.unmet.length === 0) {
        expect(validate(saved).filter(({ severity }) => severity === 'blocker')).toEqual([])
      }
    }),
    runs(40),
  )
})

test('a drawing that was saved before it is fitted gets new numbers for those that cannot stay', () => {
  fc.assert(
    fc.property(aBlueprint, anInventory, ([, topology], inventory) => {
      const nothing = { vmids: [], addresses: [], macs: [] }
      const head = applyChanges(topology, allocate(topology, nothing, mac))
      const options = { inventories: inOne(inventory), preferred: 'c-1', answers: {} }
      const { topology: fitted, unmet } = fitTopology(head, options)
      if (unmet.length > 0) return
      for (const { vmid, nics } of Object.values(fitted.vms ?? {})) {
        expect(vmid).toBeDefined()
        for (const nic of Object.values(nics ?? {})) expect(nic.address).toBeDefined()
      }
      expect(fitTopology(fitted, options).changes).toEqual([])
    }),
    runs(40),
  )
})

test('on machines with plenty of everything nothing is taken that the wire does not take', () => {
  const plenty = (name: string, last: number) =>
    aNode(name, {
      ...{ cpuThreads: 64, memoryMib: 262_144, guests: [] },
      bridges: [
        { name: 'vmbr0', vlanAware: true, address: `10.50.0.${last}/24`, gateway: '10.50.0.1' },
      ],
    })
  const inventories = inOne(inventoryOf([plenty('pve1', 5), plenty('pve2', 6), plenty('pve3', 7)]))
  for (const [id, topology] of DRAWN) {
    const fitted = fitTopology(topology, { inventories, preferred: 'c-1', answers: {} })
    expect(fitted.unmet, id).toEqual([])
    expect(Object.keys(fitted.topology.vms ?? {})).toEqual(Object.keys(topology.vms ?? {}))
    expect(fitted.topology.sizes).toEqual(topology.sizes)
  }
})
