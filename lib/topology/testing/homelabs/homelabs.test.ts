import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { allocate } from '../../allocate'
import { applyChanges } from '../../apply'
import { fitTopology } from '../../fit/fit'
import { aNode, inventoryOf } from '../../fit/testing/inventories'
import { deployable, validate } from '../../validate'
import { readTopology } from '../read-seed'

const HOMELABS = ['flat-lan', 'three-hosts', 'two-sites']
const read = (name: string) =>
  readTopology(readFileSync(new URL(`./${name}.yaml`, import.meta.url), 'utf8'))
const mac = (n: number) => `BC:24:11:00:00:${n.toString(16).padStart(2, '0').toUpperCase()}`

test.each(HOMELABS)('%s can be written down, saved and planned', (name) => {
  const topology = read(name)
  const blockers = validate(topology).filter(({ severity }) => severity === 'blocker')
  expect(blockers).toEqual([])
  const nothing = { vmids: [], addresses: [], macs: [] }
  expect(deployable(validate(applyChanges(topology, allocate(topology, nothing, mac))))).toBe(true)
})

test.each(HOMELABS)('%s fits one ordinary box', (name) => {
  const inventories = { c: { name: 'C', inventory: inventoryOf([aNode('pve', {})]) } }
  const fitted = fitTopology(read(name), { inventories, preferred: 'c', answers: {} })
  expect(fitted.unmet).toEqual([])
  const again = fitTopology(fitted.topology, { inventories, preferred: 'c', answers: {} })
  expect(again.changes).toEqual([])
})
