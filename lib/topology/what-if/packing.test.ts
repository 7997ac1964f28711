import { expect, test } from 'vitest'
import { canBePlaced } from './packing'

const parcels = (memory: number[], hosts = ['a', 'b']) =>
  memory.map((memoryMib) => ({ memoryMib, hosts }))
const room = (a: number, b: number) =>
  new Map([
    ['a', a],
    ['b', b],
  ])

test.each<[number[], number, number, boolean]>([
  [[6, 6, 6], 9, 9, false],
  [[6, 6], 9, 9, true],
  // The largest first alone would put 5 and 4 together and leave no room for the last.
  [[5, 4, 3, 3, 3], 9, 9, true],
  [[10], 9, 9, false],
  [[], 0, 0, true],
])('%j on %i and %i: %s', (memory, a, b, fits) => {
  expect(canBePlaced(parcels(memory), room(a, b))).toBe(fits)
})

test('each goes only where it may', () => {
  const both = [...parcels([6], ['a']), ...parcels([6], ['a'])]
  expect(canBePlaced(both, room(9, 9))).toBe(false)
  expect(canBePlaced([...parcels([6], ['a']), ...parcels([6])], room(9, 9))).toBe(true)
})

test('what cannot be settled ends', () => {
  const many = Array.from({ length: 200 }, (_, i) => 7 + (i % 3))
  expect(canBePlaced(parcels(many, ['a', 'b']), room(799, 799))).toBe(false)
})
