import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DARK_KNIGHT } from '@/lib/topology/blueprints/dark-knight'
import type { Edit } from '@/lib/topology/edit'
import { formatText } from '@/lib/topology/format'
import { canonical } from '@/lib/topology/testing/same-document'
import type { Topology, Vm } from '@/lib/topology/topology'
import { deepRun } from '@/scripts/test/deep-run'
import { keyOfConflict } from './conflicts'
import type { EditorStore } from './editor-store'
import { textOf } from './history'
import { read, sharedServer } from './testing/many-browsers'

const SIZES = { sample: 12, full: 1500 }
const TEXT = formatText(DARK_KNIGHT)
const MOVES = ['edit', 'edit', 'edit', 'type', 'undo', 'redo', 'save', 'hear'] as const

/** One thing that one of the browsers does; the numbers pick what. */
const moves = fc.array(
  fc.record({
    who: fc.nat(2),
    what: fc.constantFrom(...MOVES),
    pick: fc.tuple(fc.nat(6), fc.nat(30)),
  }),
  { minLength: 6, maxLength: 40 },
)
type Move = { who: number; what: (typeof MOVES)[number]; pick: [number, number] }

const NAMES = ['anna', 'bert', 'cleo']

/** An edit of a VM; `own` keeps every browser to VMs of its own. */
function editOf(topology: Topology, { who, pick }: Move, own: boolean): Edit {
  const [which, n] = pick
  const all = Object.keys(topology.vms ?? {})
  const mine = own ? all.filter((id, i) => ownerOf(id, i) === who) : all
  const vm = mine[n % Math.max(mine.length, 1)] ?? 'none'
  const workers = topology.clusters?.['dark-knight']?.workers ?? []
  const edits: Edit[] = [
    { kind: 'addVm', id: own ? `${NAMES[who]}-${n}` : `new-${n % 4}`, role: 'plain' },
    { kind: 'set', path: ['vms', vm, 'about'], value: `${NAMES[who]} ${n}` },
    { kind: 'set', path: ['vms', vm, 'memoryMib'], value: 1024 + n },
    { kind: 'addDisk', vm, sizeGib: 1 + n },
    { kind: 'removeObject', collection: 'vms', id: vm },
    {
      ...{ kind: 'set', path: ['clusters', 'dark-knight', 'workers'] },
      value: [...workers, `${own ? `node-${NAMES[who]}` : 'node'}-${n}`],
    },
    { kind: 'duplicateVm', vm, id: own ? `${NAMES[who]}-copy-${n}` : `copy-${n % 4}` },
  ]
  const edit = edits[which] as Edit
  const isOfVm = 'vm' in edit || (edit.kind === 'set' && edit.path[0] === 'vms')
  return isOfVm && vm === 'none' ? { kind: 'set', path: ['about'], value: 'nobody' } : edit
}

const FIRST = Object.keys(read(TEXT).vms ?? {})
function ownerOf(id: string, index: number): number {
  const named = NAMES.findIndex((name) => id.startsWith(`${name}-`))
  if (named >= 0) return named
  const place = FIRST.indexOf(id)
  return (place < 0 ? index : place) % NAMES.length
}

async function play(
  store: EditorStore,
  server: ReturnType<typeof sharedServer>,
  move: Move,
  own: boolean,
) {
  const now = store.getState()
  switch (move.what) {
    case 'edit': {
      const edit = editOf(now.history.doc.topology, move, own)
      // Two of them must not say the same field in the world where each has its own.
      if (own && edit.kind === 'set' && edit.path[0] === 'about') return
      return now.edit(edit.kind, edit)
    }
    case 'type': {
      const comment = `# ${NAMES[move.who]} ${move.pick.join('-')}.`
      const text = textOf(now.history.doc)
      return now.typeText(text.replace(/^(vms|sizes|networks):/m, `${comment}\n$1:`), false)
    }
    case 'undo':
      return now.undo()
    case 'redo':
      return now.redo()
    case 'save':
      return void (await now.save(''))
    case 'hear':
      return now.receive(server.head())
  }
}

/** Everybody hears, chooses where it must, and saves, until all have what is saved. */
async function settle(
  stores: readonly EditorStore[],
  server: ReturnType<typeof sharedServer>,
  side: 'mine' | 'theirs',
) {
  for (let round = 0; round < 12; round++) {
    for (const store of stores) {
      store.getState().receive(server.head())
      const conflicts = store.getState().newer?.conflicts ?? []
      store
        .getState()
        .choose(Object.fromEntries(conflicts.map((each) => [keyOfConflict(each), side])))
      expect(store.getState().resolve()).toBe(true)
      if (store.getState().unsaved > 0) await store.getState().save('')
    }
    const { number } = server.head().revision
    const isDone = stores.every(
      (each) => each.getState().unsaved === 0 && each.getState().revision.number === number,
    )
    if (isDone) return
  }
  throw new Error('they never end')
}

const docOf = (store: EditorStore) => store.getState().history.doc

function expectWhole(store: EditorStore) {
  const { doc, base } = store.getState().history
  expect(canonical(read(textOf(doc)))).toBe(canonical(doc.topology))
  expect(canonical(read(textOf(base)))).toBe(canonical(base.topology))
}

test('three who edit, undo and save in any order end with one document', async (context) => {
  const { cases, seed } = deepRun(context, SIZES)
  await fc.assert(
    fc.asyncProperty(moves, fc.constantFrom('mine', 'theirs'), async (list, side) => {
      const server = sharedServer(TEXT)
      const stores = NAMES.map((name) => server.browser(name))
      for (const move of list) {
        const store = stores[move.who] as EditorStore
        await play(store, server, move as Move, false)
        expectWhole(store)
      }
      await settle(stores, server, side)
      const { text } = server.head()
      for (const store of stores) {
        expect(textOf(docOf(store))).toBe(text)
        expectWhole(store)
        // Steps that are left lead to documents, whoever saved in between.
        while (store.getState().history.past.length > 0) {
          store.getState().undo()
          expectWhole(store)
        }
      }
    }),
    { numRuns: cases, seed },
  )
})

test('nothing is lost where each has its own: nobody is asked, and all of it is there', async (context) => {
  const { cases, seed } = deepRun(context, SIZES)
  await fc.assert(
    fc.asyncProperty(moves, async (list) => {
      const server = sharedServer(TEXT)
      const stores = NAMES.map((name) => server.browser(name))
      for (const move of list) {
        await play(stores[move.who] as EditorStore, server, move as Move, true)
        for (const store of stores) expect(store.getState().newer?.conflicts ?? []).toEqual([])
      }
      const wanted = stores.map((store) => docOf(store).topology)
      const written = stores.map((store, who) => commentsOf(textOf(docOf(store)), who))
      await settle(stores, server, 'theirs')
      const { text, document } = server.head()
      for (const [who, mine] of wanted.entries()) {
        expect(vmsOf(document, who)).toEqual(vmsOf(mine, who))
        expect(workersOf(document, who)).toEqual(workersOf(mine, who))
        for (const comment of written[who] ?? []) expect(text).toContain(comment)
      }
    }),
    { numRuns: cases, seed },
  )
})

const commentsOf = (text: string, who: number) =>
  text.match(new RegExp(`^# ${NAMES[who]} .*$`, 'gm')) ?? []

/** One's own VMs without what the server fills in. */
const vmsOf = ({ vms = {} }: Topology, who: number) =>
  Object.entries(vms)
    .filter(([id], i) => ownerOf(id, i) === who)
    .map(([id, vm]) => [id, bare(vm)])

const bare = ({ vmid: _, nics = {}, ...vm }: Vm) => ({
  ...vm,
  nics: Object.entries(nics).map(([id, { mac: _mac, address: _address, ...nic }]) => [id, nic]),
})

const workersOf = ({ clusters }: Topology, who: number) =>
  clusters?.['dark-knight']?.workers
    ?.filter((id) => id.startsWith(`node-${NAMES[who]}-`))
    .toSorted()
