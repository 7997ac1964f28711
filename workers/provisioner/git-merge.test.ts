import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SMALL } from '@/lib/db/testing/document'
import type { Change, Json } from '@/lib/topology/change'
import { diff } from '@/lib/topology/diff'
import { atPath } from '@/lib/topology/json'
import { parseTopology } from '@/lib/topology/parse'
import { rewriteText } from '@/lib/topology/rewrite'
import type { Topology } from '@/lib/topology/topology'
import { mergeGit } from './git-merge'

const toTopology = (text: string): Topology => {
  const parsed = parseTopology(text)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults))
  return parsed.topology
}
const toValue = (text: string) => toTopology(text) as unknown as Json
const isSame = (a: Json | undefined, b: Json | undefined) => JSON.stringify(a) === JSON.stringify(b)

/** Edits that leave a document which parses, some in the same places, some inside of what others remove. */
const EDITS: Change[][] = [
  ...[3, 4].map((cpus): Change[] => [{ path: ['sizes', 'small', 'cpus'], to: cpus }]),
  ...['a', 'b'].map((about): Change[] => [{ path: ['vms', 'web', 'about'], to: about }]),
  [{ path: ['vms', 'web', 'disks', 'data'] }],
  [{ path: ['vms', 'web', 'disks', 'data', 'sizeGib'], to: 99 }],
  [{ path: ['vms', 'web'] }],
  [{ path: ['vms', 'web', 'nics', 'lan', 'address'], to: '10.9.0.51' }],
  [{ path: ['vms', 'new'], to: { role: 'plain', host: 'pve1', size: 'small' } }],
  [{ path: ['vms', 'new'], to: { role: 'plain', host: 'pve1', cpus: 1, memoryMib: 512 } }],
  [{ path: ['hosts', 'pve1', 'storages', 'local', 'content'], to: ['iso'] }],
  [{ path: ['hosts', 'pve1', 'storages', 'local', 'content'], to: ['backup', 'import'] }],
  [{ path: ['clusters'] }],
  [{ path: ['clusters', 'main', 'workers'], to: ['web'] }],
  [{ path: ['clusters', 'main', 'addOns', 'metallb'], to: { pool: 'others' } }],
  [{ path: ['name'], to: 'Other' }],
]
const side = fc
  .subarray([...EDITS.keys()], { minLength: 1, maxLength: 4 })
  .map((chosen) => chosen.reduce((text, n) => rewriteText(text, EDITS[n] ?? []), SMALL))
  .filter((text) => parseTopology(text).ok)

test('whoever’s values are chosen, the merge ends, has them, and keeps what the other changed elsewhere', () => {
  let conflicted = 0
  fc.assert(
    fc.property(side, side, (git, panel) => {
      const open = mergeGit({ base: SMALL, git, panel })
      if (open.ok) return
      conflicted++
      for (const wins of ['git', 'panel'] as const) {
        const merged = mergeGit({ base: SMALL, git, panel }, wins)
        expect(merged.ok).toBe(true)
        if (!merged.ok) continue
        const [result, theirs] = [toValue(merged.text), toValue(wins === 'git' ? git : panel)]
        for (const { path } of open.conflicts)
          expect(atPath(result, path), `${wins} ${path}`).toEqual(atPath(theirs, path))
        const other = toValue(wins === 'git' ? panel : git)
        const meets = (path: readonly string[]) =>
          open.conflicts.some((each) =>
            each.path.slice(0, path.length).every((step, i) => step === path[i]),
          )
        for (const { path } of diff(toTopology(SMALL), other as unknown as Topology))
          if (!meets(path) && isSame(atPath(theirs, path), atPath(toValue(SMALL), path)))
            expect(atPath(result, path), `kept ${path}`).toEqual(atPath(other, path))
      }
    }),
    { numRuns: 100, seed: 5 },
  )
  expect(conflicted).toBeGreaterThan(15)
})
