import { expect, test } from 'vitest'
import { neighbourOf, type Rect } from './neighbour'
import { tapPath } from './tap-edge'
import { zoomStepOf } from './zoom-step'

const card = (id: string, x: number, y: number): Rect => ({ id, x, y, width: 184, height: 56 })
const GRID: Rect[] = [
  { id: 'bus', x: 0, y: 0, width: 824, height: 40 },
  card('a', 12, 68),
  card('b', 220, 68),
  card('c', 12, 180),
  card('d', 220, 180),
]

test.each([
  ['a', 'right', 'b'],
  ['b', 'left', 'a'],
  ['a', 'down', 'c'],
  ['d', 'up', 'b'],
  ['b', 'up', 'bus'],
  ['a', 'left', null],
  ['bus', 'down', 'a'],
] as const)('from %s an arrow %s leads to %s', (from, direction, expected) => {
  expect(neighbourOf(GRID, from, direction)).toBe(expected)
})

test('a tap is straight below its bus and bends when it stands beside it', () => {
  const bus = { x: 0, y: 0, width: 824, height: 40 }
  expect(tapPath({ x: 12, y: 68, width: 184, height: 56 }, bus)).toBe('M 104 68 V 40')
  expect(tapPath({ x: 1000, y: 100, width: 184, height: 56 }, bus)).toBe(
    'M 1092 100 V 80 H 812 V 40',
  )
})

test.each([
  [0.3, 'tile'],
  [1, 'card'],
  [1.6, 'full'],
] as const)('zoom %s shows the %s', (zoom, step) => expect(zoomStepOf(zoom)).toBe(step))
