import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyChanges } from './apply'
import { DARK_KNIGHT } from './blueprints/dark-knight'
import type { Json } from './change'
import { diff } from './diff'
import { changesOf } from './edit'
import { type Choose, mergeTexts } from './merge'
import { rewriteText } from './rewrite'
import { readTopology } from './testing/read-seed'
import { commonLines } from './text/common-lines'
import { mergeLines } from './text/merge-lines'
import { validate } from './validate'

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
    conflicts: [
      {
        ...{ path: ['vms', 'nfs-storage', 'size'], base: 'storage' },
        ...{ mine: 'master', theirs: 'worker' },
      },
    ],
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

const set = (path: string, to: Json | undefined, text = DARK_KNIGHT) =>
  rewriteText(text, [{ path: path.split('/'), ...(to === undefined ? {} : { to }) }])

/** The merge, which must not conflict. */
function mergedOf(mine: string, theirs: string, choose?: Choose, base = DARK_KNIGHT): string {
  const merged = mergeTexts(base, mine, theirs, choose)
  if (!merged.ok) throw new Error(JSON.stringify(merged.conflicts))
  return merged.text
}

const WORKERS = 'clusters/dark-knight/workers'
const three = ['k8s-worker-1', 'k8s-worker-2', 'k8s-worker-3']
const workersIn = (text: string) => readTopology(text).clusters?.['dark-knight']?.workers

test('two who each add a node to one cluster have both, the one that is saved first', () => {
  const mine = set(WORKERS, [...three, 'mine'])
  const theirs = set(WORKERS, [...three, 'theirs'])
  expect(workersIn(mergedOf(mine, theirs))).toEqual([...three, 'theirs', 'mine'])
})

test.each<[string, string[], string[], string[] | null]>([
  ['one adds, one removes', [...three, 'x'], three.slice(1), [...three.slice(1), 'x']],
  ['both remove the same', three.slice(1), three.slice(1), three.slice(1)],
  ['each removes another', three.slice(1), three.slice(0, 2), ['k8s-worker-2']],
  [
    'one puts them in order, one adds',
    three.toReversed(),
    [...three, 'x'],
    ['k8s-worker-3', 'x', 'k8s-worker-2', 'k8s-worker-1'],
  ],
  ['both replace the same', ['x', ...three.slice(1)], ['y', ...three.slice(1)], null],
  ['both put them in another order', three.toReversed(), [three[1]!, three[0]!, three[2]!], null],
  ['nothing would be left', three.slice(0, 1), three.slice(1), null],
])('of a list: %s', (_, mine, theirs, merged) => {
  const result = mergeTexts(DARK_KNIGHT, set(WORKERS, mine), set(WORKERS, theirs))
  expect(result.ok ? workersIn(result.text)?.toSorted() : null).toEqual(merged?.toSorted() ?? null)
})

test('what both add to one map stands behind what is saved, so that no disk changes its slot', () => {
  const disk = (id: string) => set(`vms/nfs-storage/disks/${id}`, { kind: 'data', sizeGib: 7 })
  const { vms } = readTopology(mergedOf(disk('mine'), disk('theirs')))
  expect(Object.keys(vms?.['nfs-storage']?.disks ?? {}).slice(-2)).toEqual(['theirs', 'mine'])
})

test('an id that one side renamed and the other edited is a conflict, and both ways can be had', () => {
  const nfs = readTopology(DARK_KNIGHT).vms?.['nfs-storage'] as unknown as Json
  const renamed = set('vms/nfs', nfs, set('vms/nfs-storage', undefined))
  const edited = resized('nfs-storage', 'worker')
  const refused = mergeTexts(DARK_KNIGHT, renamed, edited)
  if (refused.ok) throw new Error('the edit is lost')
  expect(refused.conflicts).toEqual([
    expect.objectContaining({ path: ['vms', 'nfs-storage'], base: nfs, mine: null }),
  ])
  const kept = readTopology(mergedOf(renamed, edited, () => 'theirs')).vms
  expect([kept?.nfs?.size, kept?.['nfs-storage']?.size]).toEqual(['storage', 'worker'])
  const gone = readTopology(mergedOf(renamed, edited, () => 'mine')).vms
  expect([gone?.nfs?.size, gone?.['nfs-storage']]).toEqual(['storage', undefined])
})

test('what one side removed and the other began to name is a problem of the merge, not lost', () => {
  const without = applyChanges(
    readTopology(DARK_KNIGHT),
    changesOf(readTopology(DARK_KNIGHT), {
      ...{ kind: 'removeObject', collection: 'networks', id: 'dmz' },
    }),
  )
  const removed = rewriteText(DARK_KNIGHT, diff(readTopology(DARK_KNIGHT), without))
  const named = set('vms/one-more', {
    ...{ role: 'plain', size: 'worker', nics: { lan: { network: 'dmz' } } },
  })
  for (const text of [mergedOf(removed, named), mergedOf(named, removed)]) {
    const merged = readTopology(text)
    expect(merged.vms?.['one-more']?.nics?.lan?.network).toBe('dmz')
    const found = validate(merged).filter(({ path }) => path.includes('one-more'))
    expect(found.map(({ code }) => code)).toContain('reference.unknown')
  }
})

test('comments are kept where both added an object at one place, and where both wrote one', () => {
  const add = (id: string, text: string) =>
    text.replace(/^vms:\n/m, `vms:\n  ${id}: # of ${id}\n    role: plain\n    about: ${id}\n`)
  const note = (who: string, text: string) => text.replace(/^ {2}dmz:\n/m, `  # ${who}\n  dmz:\n`)
  const mine = note('my note', add('aa', DARK_KNIGHT)).replace(/^sizes:/m, '# mine alone\nsizes:')
  const theirs = note('their note', add('bb', DARK_KNIGHT))
  const text = mergedOf(mine, theirs)
  for (const kept of ['# of aa', '# of bb', '# my note', '# their note', '# mine alone']) {
    expect(text).toContain(kept)
  }
  const { vms } = readTopology(text)
  expect([vms?.aa?.about, vms?.bb?.about]).toEqual(['aa', 'bb'])
})

test('a comment that both rewrote is there twice, rather than mine not at all', () => {
  const noted = (note: string) => DARK_KNIGHT.replace('# Kept for later', `# ${note}`)
  const text = mergedOf(noted('for games'), noted('for backups'))
  expect(text).toContain('# for games')
  expect(text).toContain('# for backups')
})

test('a chosen side stands with its own value, and the comments around it stay', () => {
  const mine = resized('nfs-storage', 'master').replace(/^sizes:/m, '# my sizes\nsizes:')
  const theirs = resized('nfs-storage', 'worker').replace(/^vms:/m, '# their vms\nvms:')
  for (const [side, size] of [
    ['mine', 'master'],
    ['theirs', 'worker'],
  ] as const) {
    const text = mergedOf(mine, theirs, () => side)
    expect(readTopology(text).vms?.['nfs-storage']?.size).toBe(size)
    expect(text).toContain('# my sizes')
    expect(text).toContain('# their vms')
  }
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
