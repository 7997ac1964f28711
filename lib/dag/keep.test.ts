import { expect, test } from 'vitest'
import { keepNodes } from './keep'

const node = (id: string, ...needs: string[]) => ({ id, needs })

test('what needed a node that is left out needs what that node needed', () => {
  const nodes = [node('a'), node('b', 'a'), node('c', 'b'), node('d', 'c', 'b')]
  expect(keepNodes(nodes, ({ id }) => id === 'a' || id === 'd')).toEqual([
    node('a'),
    node('d', 'a'),
  ])
})

test('ids of other graphs stay', () => {
  const nodes = [node('b', 'elsewhere'), node('c', 'b')]
  expect(keepNodes(nodes, ({ id }) => id === 'c')).toEqual([node('c', 'elsewhere')])
})

test('everything kept is unchanged', () => {
  const nodes = [node('a'), node('b', 'a')]
  expect(keepNodes(nodes, () => true)).toEqual(nodes)
})
