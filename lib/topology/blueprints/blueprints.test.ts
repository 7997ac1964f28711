import { expect, test } from 'vitest'
import { allocate } from '../allocate'
import { applyChanges } from '../apply'
import { formatText } from '../format'
import { resolveVms } from '../resolve'
import { readTopology } from '../testing/read-seed'
import { deployable, validate } from '../validate'
import { BLUEPRINTS } from './catalogue'
import { BLUEPRINT_TEXTS } from './texts'

const NOTHING = { vmids: [], addresses: [], macs: [] }
const mac = (n: number) => `BC:24:11:00:00:${n.toString(16).padStart(2, '0').toUpperCase()}`

for (const { id } of BLUEPRINTS) {
  const topology = readTopology(BLUEPRINT_TEXTS[id])

  test(`${id} blocks on nothing`, () => {
    const blockers = validate(topology).filter(({ severity }) => severity === 'blocker')
    expect(blockers.map(({ code }) => code)).toEqual([])
  })

  test(`the first save of ${id} gives every VM its VMID, MACs and addresses, and blocks on no more`, () => {
    const saved = applyChanges(topology, allocate(topology, NOTHING, mac))
    const vms = resolveVms(saved)
    expect(vms).toHaveLength(Object.keys(topology.vms ?? {}).length)
    for (const vm of vms) {
      expect(vm.vmid).not.toBeNull()
      expect(vm.nics.every(({ address, mac: own }) => address !== null && own !== null)).toBe(true)
    }
    const codes = (of: typeof saved) => validate(of).map(({ code }) => code)
    expect(codes(saved)).toEqual(codes(topology))
    expect(deployable(validate(saved))).toBe(true)
  })

  test(`${id} is written the way documents are formatted`, () => {
    expect(formatText(BLUEPRINT_TEXTS[id])).toBe(BLUEPRINT_TEXTS[id])
  })
}

test('three hosts keep every group apart', () => {
  const topology = readTopology(BLUEPRINT_TEXTS['three-hosts-ha'])
  const groups = new Map<string, string[]>()
  for (const vm of Object.values(topology.vms ?? {})) {
    groups.set(vm.spread!, [...(groups.get(vm.spread!) ?? []), vm.host!])
  }
  expect(groups.size).toBe(3)
  for (const hosts of groups.values()) expect(new Set(hosts).size).toBe(hosts.length)
})
