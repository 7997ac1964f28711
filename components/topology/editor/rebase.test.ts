import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DARK_KNIGHT } from '@/lib/topology/blueprints/dark-knight'
import type { Change, Json } from '@/lib/topology/change'
import { changesOf, type Edit } from '@/lib/topology/edit'
import type { Side } from '@/lib/topology/merge'
import { canonical } from '@/lib/topology/testing/same-document'
import type { Topology } from '@/lib/topology/topology'
import {
  commit,
  commitText,
  countUnsaved,
  type Doc,
  docOf,
  type History,
  openHistory,
  redo,
  textOf,
  undo,
} from './history'
import { type Rebased, rebaseHistory, savedHistory, yieldTo } from './rebase'
import { read } from './testing/many-browsers'

const docFrom = (text: string): Doc => docOf(read(text), text)
const start = () => openHistory(docFrom(DARK_KNIGHT))

function ok(result: Rebased): History {
  if (!result.ok) throw new Error(JSON.stringify(result.conflicts))
  return result.history
}

const set = (history: History, path: string, to?: Json): History => {
  const change: Change = { path: path.split('/'), ...(to === undefined ? {} : { to }) }
  return commit(history, `Set ${path}`, [change])
}
const edit = (history: History, each: Edit): History =>
  commit(history, each.kind, changesOf(history.doc.topology, each))

/** What another browser's revision says. */
const theirsOf = (change: (history: History) => History): Doc =>
  docFrom(textOf(change(start()).doc))

const all = (history: History, step: (h: History) => History): History => {
  const next = step(history)
  return next === history ? history : all(next, step)
}
const same = (a: Doc, b: Doc) => expect(canonical(a.topology)).toBe(canonical(b.topology))

const moves = fc.array(fc.tuple(fc.nat(6), fc.nat(30)), { minLength: 1, maxLength: 12 })

function editOf(topology: Topology, which: number, n: number): Edit {
  const ids = Object.keys(topology.vms ?? {})
  const vm = ids[n % Math.max(ids.length, 1)] ?? 'none'
  const edits: Edit[] = [
    { kind: 'addVm', id: `new-${n % 3}`, role: 'plain', network: 'kubernetes' },
    { kind: 'resizeVm', vm, size: 'storage' },
    { kind: 'set', path: ['about'], value: `about ${n}` },
    { kind: 'set', path: ['vms', vm, 'about'], value: `note ${n}` },
    { kind: 'addDisk', vm, sizeGib: 1 + n },
    { kind: 'removeObject', collection: 'vms', id: vm },
    { kind: 'removeObject', collection: 'networks', id: 'iot' },
  ]
  return vm === 'none' ? (edits[2] as Edit) : (edits[which] as Edit)
}

const play = (history: History, list: readonly (readonly [number, number])[]): History =>
  list.reduce((at, [which, n]) => edit(at, editOf(at.doc.topology, which, n)), history)

test('whatever both did: all undone is theirs, all redone is the merge, and texts say the values', () => {
  const first = start()
  const sides = fc.constantFrom<Side>('mine', 'theirs')
  fc.assert(
    fc.property(moves, moves, fc.nat(5), sides, (mine, their, undone, side) => {
      const theirs = docFrom(textOf(play(first, their).doc))
      let history = play(first, mine)
      for (let n = 0; n < undone; n++) history = undo(history)
      const rebased = ok(rebaseHistory(history, theirs, () => side))
      const back = all(rebased, undo)
      same(back.doc, theirs)
      expect(textOf(back.doc)).toBe(textOf(theirs))
      expect(countUnsaved(back)).toBe(0)
      let again = back
      for (const _ of rebased.past) again = redo(again)
      same(again.doc, rebased.doc)
      for (const { before, after } of [...rebased.past, ...rebased.future]) {
        same(docFrom(textOf(before)), before)
        same(docFrom(textOf(after)), after)
      }
    }),
    { numRuns: 15, seed: 1 },
  )
})

test('an undo after a rebase takes back mine alone, in lists as well', () => {
  const path = 'clusters/dark-knight/workers'
  const three = ['k8s-worker-1', 'k8s-worker-2', 'k8s-worker-3']
  const mine = set(set(start(), path, [...three, 'mine']), 'about', 'mine')
  const rebased = ok(
    rebaseHistory(
      mine,
      theirsOf((h) => set(h, path, [...three, 'theirs'])),
    ),
  )
  const workers = ({ doc }: History) => doc.topology.clusters?.['dark-knight']?.workers
  expect(workers(rebased)).toEqual([...three, 'theirs', 'mine'])
  expect(rebased.past.map(({ label }) => label)).toEqual([`Set ${path}`, 'Set about'])
  expect(workers(undo(undo(rebased)))).toEqual([...three, 'theirs'])
})

test('a step that theirs did as well is left out, a step against theirs cannot take it back', () => {
  const vm = 'vms/haproxy-lb/about'
  const twice = set(set(start(), vm, 'alike'), 'about', 'mine')
  const rebased = ok(
    rebaseHistory(
      twice,
      theirsOf((h) => set(h, vm, 'alike')),
    ),
  )
  expect(rebased.past.map(({ label }) => label)).toEqual(['Set about'])

  // Saved, then changed by somebody else: my undo is no licence to take that back.
  const saved = ok(
    savedHistory(
      set(start(), vm, 'first'),
      set(start(), vm, 'first').doc,
      docFrom(textOf(set(start(), vm, 'first').doc)),
      false,
    ),
  )
  const later = ok(rebaseHistory(saved, docFrom(textOf(set(saved, vm, 'theirs').doc))))
  expect(later.past).toEqual([])
  expect(later.doc.topology.vms?.['haproxy-lb']?.about).toBe('theirs')
})

test('where both changed the same nothing happens until it is chosen whose stands', () => {
  const vm = 'vms/haproxy-lb/about'
  const mine = set(set(start(), vm, 'mine'), 'about', 'also mine')
  const theirs = theirsOf((h) => set(h, vm, 'theirs'))
  expect(rebaseHistory(mine, theirs)).toEqual({
    ok: false,
    conflicts: [{ path: vm.split('/'), base: null, mine: 'mine', theirs: 'theirs' }],
  })
  const won = ok(rebaseHistory(mine, theirs, () => 'mine'))
  expect(won.doc.topology.vms?.['haproxy-lb']?.about).toBe('mine')
  expect(all(won, undo).doc.topology.vms?.['haproxy-lb']?.about).toBe('theirs')
  const lost = ok(rebaseHistory(mine, theirs, () => 'theirs'))
  expect(lost.past.map(({ label }) => label)).toEqual(['Set about'])
})

test('comments that I typed come along, to the steps before as well', () => {
  const typed = commitText(start(), docFrom(DARK_KNIGHT.replace(/^vms:/m, '# mine\nvms:')))
  const mine = set(typed, 'about', 'mine')
  const theirs = docFrom(
    textOf(theirsOf((h) => set(h, 'vms/haproxy-lb/about', 'x'))).replace(
      /^sizes:/m,
      '# theirs\nsizes:',
    ),
  )
  const rebased = ok(rebaseHistory(mine, theirs))
  for (const { doc } of [rebased, undo(rebased)]) {
    expect(textOf(doc)).toContain('# mine\nvms:')
    expect(textOf(doc)).toContain('# theirs\nsizes:')
  }
  expect(textOf(undo(undo(rebased)).doc)).toBe(textOf(theirs))
})

test('what the server filled in gives way to what I do to the object, also by undo', () => {
  const added = edit(start(), { kind: 'addVm', id: 'one', role: 'plain', network: 'kubernetes' })
  const filled = docFrom(textOf(set(added, 'vms/one/vmid', 4711).doc))
  const saved = ok(savedHistory(added, added.doc, filled, false))
  expect(saved.doc.topology.vms?.one?.vmid).toBe(4711)
  expect(undo(saved).doc.topology.vms?.one).toBeUndefined()
  expect(redo(undo(saved)).doc.topology.vms?.one?.vmid).toBe(4711)
  // Removed while the save was under way.
  const removed = edit(added, { kind: 'removeObject', collection: 'vms', id: 'one' })
  expect(ok(savedHistory(removed, added.doc, filled, false)).doc.topology.vms?.one).toBeUndefined()
})

test('whoever takes theirs has mine one undo away', () => {
  const mine = set(start(), 'about', 'mine')
  const theirs = theirsOf((h) => set(h, 'about', 'theirs'))
  const taken = yieldTo(mine, theirs)
  expect(taken.doc.topology.about).toBe('theirs')
  expect(countUnsaved(taken)).toBe(0)
  expect(undo(taken).doc.topology.about).toBe('mine')
})

test('a rebase of a long history on a document of five hundred VMs is done at once', () => {
  let big = start()
  for (let n = 0; n < 500; n++) {
    big = { ...big, doc: set(openHistory(big.doc), `vms/vm-${n}`, { role: 'plain' }).doc }
  }
  const base = docFrom(textOf(big.doc))
  let mine = openHistory(base)
  for (let n = 0; n < 200; n++) mine = set(mine, `vms/vm-${n}/about`, 'mine')
  const theirs = docFrom(textOf(set(openHistory(base), 'vms/vm-499/about', 'theirs').doc))
  const began = performance.now()
  const rebased = ok(rebaseHistory(mine, theirs))
  expect(performance.now() - began).toBeLessThan(2000)
  expect(rebased.past).toHaveLength(200)
})
