import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyChanges } from '@/lib/topology/apply'
import { DARK_KNIGHT } from '@/lib/topology/blueprints/dark-knight'
import { type Change, invert } from '@/lib/topology/change'
import { changesOf, type Edit } from '@/lib/topology/edit'
import { parseTopology } from '@/lib/topology/parse'
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
import { type Rebased, savedHistory } from './rebase'

function docFrom(text: string): Doc {
  const parsed = parseTopology(text)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults))
  return docOf(parsed.topology, text)
}

const start = () => openHistory(docFrom(DARK_KNIGHT))

/** An edit made of two numbers, so that any document has one for it. */
function editFrom(topology: Topology, [which, who]: readonly [number, number]): Edit {
  const vms = Object.keys(topology.vms ?? {})
  const networks = Object.keys(topology.networks ?? {})
  const vm = vms[who % Math.max(vms.length, 1)] ?? 'none'
  const network = networks[who % Math.max(networks.length, 1)] ?? 'none'
  const nic = Object.keys(topology.vms?.[vm]?.nics ?? {})[0] ?? 'none'
  const size = Object.keys(topology.sizes ?? {})[who % 3] ?? 'none'
  const edits: Edit[] = [
    { kind: 'addVm', id: `new-${who}`, role: 'plain', network },
    { kind: 'moveVm', vm, nic, network },
    { kind: 'resizeVm', vm, size },
    { kind: 'addDisk', vm, sizeGib: 10 + who },
    { kind: 'addNic', vm, network },
    { kind: 'duplicateVm', vm, id: `copy-${who}` },
    { kind: 'set', path: ['vms', vm, 'about'], value: `note ${who}` },
    { kind: 'removeObject', collection: 'vms', id: vm },
    { kind: 'removeObject', collection: 'networks', id: network },
  ]
  return edits[which % edits.length] as Edit
}

function play(history: History, moves: readonly (readonly [number, number])[]): History {
  return moves.reduce((at, move) => {
    const edit = editFrom(at.doc.topology, move)
    return commit(at, edit.kind, changesOf(at.doc.topology, edit))
  }, history)
}

const repeat = (history: History, step: (h: History) => History): History =>
  history.past.concat(history.future).reduce((at) => step(at), history)

const moves = fc.array(fc.tuple(fc.nat(8), fc.nat(40)), { minLength: 1, maxLength: 30 })

test('any edits, all undone, give the first document and its text; all redone, the last', () => {
  const first = start()
  fc.assert(
    fc.property(moves, (list) => {
      const last = play(first, list)
      const back = repeat(last, undo)
      expect(back.doc.topology).toEqual(first.doc.topology)
      expect(textOf(back.doc)).toBe(DARK_KNIGHT)
      expect(countUnsaved(back)).toBe(0)
      const again = repeat(back, redo)
      expect(again.doc.topology).toEqual(last.doc.topology)
      expect(textOf(again.doc)).toBe(textOf(last.doc))
    }),
    { numRuns: 25, seed: 1 },
  )
})

test('the text that is written lazily says what the value says', () => {
  const first = start()
  fc.assert(
    fc.property(moves, (list) => {
      const { doc } = play(first, list)
      expect(docFrom(textOf(doc)).topology).toEqual(doc.topology)
    }),
    { numRuns: 25, seed: 2 },
  )
})

test("every gesture's changes, swapped, take it back without the document before", () => {
  const first = start()
  fc.assert(
    fc.property(moves, (list) => {
      const last = play(first, list)
      const back = last.past.reduceRight(
        (topology, { changes }) => applyChanges(topology, invert(changes)),
        last.doc.topology,
      )
      expect(back).toEqual(first.doc.topology)
    }),
    { numRuns: 25, seed: 3 },
  )
})

function rebased(result: Rebased): History {
  if (!result.ok) throw new Error(JSON.stringify(result.conflicts))
  return result.history
}

const ABOUT: Change[] = [{ path: ['vms', 'haproxy-lb', 'about'], to: 'front door' }]

test('undo after a save keeps the VMID that the server wrote', () => {
  const edited = commit(start(), 'Write a note', ABOUT)
  const vmid: Change[] = [{ path: ['vms', 'haproxy-lb', 'vmid'], to: 4711 }]
  const saved = commit(edited, 'server', vmid).doc
  const after = rebased(savedHistory(edited, edited.doc, docFrom(textOf(saved)), false))
  expect(countUnsaved(after)).toBe(0)
  const back = undo(after)
  expect(back.doc.topology.vms?.['haproxy-lb']?.vmid).toBe(4711)
  expect(back.doc.topology.vms?.['haproxy-lb']?.about).toBeUndefined()
  expect(countUnsaved(back)).toBe(1)
})

test('typing is one step until it pauses, and a changed comment alone is unsaved', () => {
  const typed = (text: string) => docFrom(text)
  let history = commitText(start(), typed(`${DARK_KNIGHT}# a`))
  history = commitText(history, typed(`${DARK_KNIGHT}# ab`), { joined: true })
  expect(history.past).toHaveLength(1)
  expect(countUnsaved(history)).toBe(1)
  expect(textOf(undo(history).doc)).toBe(DARK_KNIGHT)
  expect(textOf(redo(undo(history)).doc)).toBe(`${DARK_KNIGHT}# ab`)
})
