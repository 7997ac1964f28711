import fc from 'fast-check'
import { expect, test } from 'vitest'
import { criticalPath, longestRemaining } from './critical-path'
import { simulate } from './simulate'

type Timed = { id: string; needs: string[]; lasts: number; locks: string[] }
const node = (id: string, lasts: number, needs: string[] = [], locks: string[] = []): Timed => ({
  id,
  needs,
  lasts,
  locks,
})
const lasts = (n: Timed) => n.lasts
const run = (nodes: Timed[], limit = Number.POSITIVE_INFINITY) =>
  simulate(nodes, {
    durationOf: lasts,
    claimsOf: (n) => ({ locks: n.locks, groups: [{ name: 'all', limit }] }),
  })

test('the critical path is the longest chain by duration, not by count', () => {
  const nodes = [node('a', 1), node('b', 1, ['a']), node('c', 1, ['b']), node('slow', 9)]
  expect(criticalPath(nodes, lasts)).toEqual({ ids: ['slow'], length: 9 })
  expect(criticalPath([...nodes, node('end', 2, ['c', 'slow'])], lasts)).toEqual({
    ids: ['slow', 'end'],
    length: 11,
  })
  expect(criticalPath([], lasts)).toEqual({ ids: [], length: 0 })
})

test('what remains counts the node itself', () => {
  const remaining = longestRemaining(
    [node('a', 1), node('b', 2, ['a']), node('c', 5, ['a'])],
    lasts,
  )
  expect(Object.fromEntries(remaining)).toEqual({ a: 6, b: 2, c: 5 })
})

test('an exclusive lock makes independent nodes queue', () => {
  expect(run([node('a', 3, [], ['s']), node('b', 4, [], ['s']), node('c', 5)])).toBe(7)
})

test('a lock given back early lets the next one in', () => {
  const nodes = [node('a', 10, [], ['s']), node('b', 10, [], ['s'])]
  const options = { durationOf: lasts, claimsOf: (n: Timed) => ({ locks: n.locks, groups: [] }) }
  expect(simulate(nodes, options)).toBe(20)
  expect(simulate(nodes, { ...options, lockedFor: () => 2 })).toBe(12)
})

test('who gave a lock back early does not take it from the next holder when it ends', () => {
  const nodes = ['a', 'b', 'c'].map((id) => node(id, 10, [], ['s']))
  const options = {
    durationOf: lasts,
    claimsOf: (n: Timed) => ({ locks: n.locks, groups: [] }),
    lockedFor: (n: Timed) => (n.id === 'a' ? 2 : 10),
  }
  expect(simulate(nodes, options)).toBe(22)
})

test('a limit of two runs three equal nodes in two rounds', () => {
  expect(run([node('a', 1), node('b', 1), node('c', 1)], 2)).toBe(2)
})

test('property: no schedule beats the critical path or the work per lock, none exceeds the sum', () => {
  const graphs = fc
    .array(
      fc.record({
        lasts: fc.integer({ min: 0, max: 20 }),
        needs: fc.array(fc.nat(30), { maxLength: 3 }),
        locked: fc.boolean(),
      }),
      { maxLength: 30 },
    )
    .map((rows) =>
      rows.map((row, i) =>
        node(
          `n${i}`,
          row.lasts,
          row.needs.filter((n) => n < i).map((n) => `n${n}`),
          row.locked ? ['s'] : [],
        ),
      ),
    )
  fc.assert(
    fc.property(graphs, (nodes) => {
      const makespan = run(nodes, 3)
      const sum = nodes.reduce((total, n) => total + n.lasts, 0)
      const locked = nodes.filter((n) => n.locks.length > 0).reduce((t, n) => t + n.lasts, 0)
      expect(makespan).toBeGreaterThanOrEqual(Math.max(criticalPath(nodes, lasts).length, locked))
      expect(makespan).toBeLessThanOrEqual(sum)
    }),
  )
})
