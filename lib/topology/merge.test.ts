import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DARK_KNIGHT } from './blueprints/dark-knight'
import { mergeTexts } from './merge'
import { rewriteText } from './rewrite'
import { readTopology } from './testing/read-seed'
import { commonLines } from './text/common-lines'
import { mergeLines } from './text/merge-lines'

const resized = (vm: string, size: string, text = DARK_KNIGHT) =>
  rewriteText(text, [{ path: ['vms', vm, 'size'], to: size }])
const withVm = (id: string, text = DARK_KNIGHT) =>
  rewriteText(text, [{ path: ['vms', id], to: { role: 'plain', about: id } }])

test('changes to different objects both count', () => {
  const merged = mergeTexts(
    DARK_KNIGHT,
    resized('k8s-worker-1', 'master'),
    resized('k8s-worker-2', 'storage'),
  )
  if (!merged.ok) throw new Error('conflict')
  const { vms } = readTopology(merged.text)
  expect([vms?.['k8s-worker-1']?.size, vms?.['k8s-worker-2']?.size]).toEqual(['master', 'storage'])
  expect(merged.changes).toEqual([
    { path: ['vms', 'k8s-worker-1', 'size'], from: 'worker', to: 'master' },
  ])
})

test('comments that either side wrote are kept', () => {
  const mine = DARK_KNIGHT.replace('  dmz:\n', '  # guests only\n  dmz:\n')
  const theirs = resized('k8s-worker-2', 'storage').replace('# Kept for later', '# For games')
  const merged = mergeTexts(DARK_KNIGHT, mine, theirs)
  if (!merged.ok) throw new Error('conflict')
  expect(merged.text).toContain('# guests only')
  expect(merged.text).toContain('# For games')
  expect(merged.changes).toEqual([])
})

test('both sides may add an object at the same place', () => {
  const merged = mergeTexts(DARK_KNIGHT, withVm('a'), withVm('b'))
  if (!merged.ok) throw new Error('conflict')
  expect(
    Object.keys(readTopology(merged.text).vms ?? {})
      .slice(-2)
      .sort(),
  ).toEqual(['a', 'b'])
})

test('the same field changed differently is a conflict with both values', () => {
  expect(
    mergeTexts(DARK_KNIGHT, resized('nfs-storage', 'master'), resized('nfs-storage', 'worker')),
  ).toEqual({
    ok: false,
    conflicts: [{ path: ['vms', 'nfs-storage', 'size'], mine: 'master', theirs: 'worker' }],
  })
})

test('an object that one side removed and the other changed is a conflict', () => {
  const removed = rewriteText(DARK_KNIGHT, [{ path: ['vms', 'nfs-storage'] }])
  const merged = mergeTexts(DARK_KNIGHT, removed, resized('nfs-storage', 'worker'))
  expect(merged.ok).toBe(false)
  if (!merged.ok)
    expect(merged.conflicts).toMatchObject([{ path: ['vms', 'nfs-storage'], mine: null }])
})

test('the same change on both sides is taken once', () => {
  const both = resized('nfs-storage', 'worker')
  expect(mergeTexts(DARK_KNIGHT, both, both)).toEqual({ ok: true, text: both, changes: [] })
})

const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 })

test('the common lines are in both, in order, and as many as there can be', () => {
  fc.assert(
    fc.property(lines, lines, (a, b) => {
      const match = commonLines(a, b)!
      const pairs = [...match].flatMap((j, i) => (j < 0 ? [] : [[i, j] as const]))
      for (const [i, j] of pairs) expect(a[i]).toBe(b[j])
      for (const [n, [, j]] of pairs.entries())
        if (n > 0) expect(j).toBeGreaterThan(pairs[n - 1]![1])
      expect(pairs.length).toBe(longestCommon(a, b))
    }),
    { numRuns: 300, seed: 1 },
  )
})

/** The textbook table. */
function longestCommon(a: string[], b: string[]): number {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0))
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      table[i]![j] = same
        ? table[i - 1]![j - 1]! + 1
        : Math.max(table[i - 1]![j]!, table[i]![j - 1]!)
    }
  }
  return table[a.length]![b.length]!
}

test('lines merge to the other side where one did not change, whoever is first', () => {
  fc.assert(
    fc.property(lines, lines, lines, (a, b, c) => {
      const [base, mine, theirs] = [a, b, c].map((each) => each.join('\n')) as [
        string,
        string,
        string,
      ]
      expect(mergeLines(base, base, theirs)).toBe(theirs)
      expect(mergeLines(base, mine, base)).toBe(mine)
      expect(mergeLines(base, mine, mine)).toBe(mine)
      expect(mergeLines(base, mine, theirs)).toBe(mergeLines(base, theirs, mine))
    }),
    { numRuns: 300, seed: 1 },
  )
})
