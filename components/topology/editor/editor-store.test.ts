import { expect, test, vi } from 'vitest'
import { ApiFailure } from '@/lib/api/client'
import type { Layout, SaveAnswer, TopologyHead } from '@/lib/api/contract'
import { DARK_KNIGHT } from '@/lib/topology/blueprints/dark-knight'
import { parseTopology } from '@/lib/topology/parse'
import { createEditor, whyNotEdit } from './editor-store'
import { textOf } from './history'

function headOf(text: string, number: number): TopologyHead {
  const parsed = parseTopology(text)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults))
  return {
    id: 'dark-knight',
    name: 'dark-knight',
    revision: revisionOf(number),
    text,
    document: parsed.topology,
    problems: [],
    layout: {},
    appliedRevision: null,
    connections: [],
  }
}

const revisionOf = (number: number): TopologyHead['revision'] => ({
  number,
  parent: number - 1,
  hash: '',
  at: 0,
  author: 'alfred',
  message: '',
  deployable: true,
})

/** A server that takes everything as it comes; `save` may be replaced. */
function open(save?: (text: string, parent: number) => Promise<SaveAnswer>) {
  const layouts: Layout[] = []
  const store = createEditor(headOf(DARK_KNIGHT, 1), {
    save:
      save ??
      (async (text, parent) => ({
        revision: revisionOf(parent + 1),
        text,
        problems: [],
        merged: false,
      })),
    saveLayout: async (layout) => layouts.push(layout),
  })
  return { store, layouts, now: () => store.getState() }
}

const THEIRS = DARK_KNIGHT.replace(/^about: .*$/m, 'about: theirs')

const NOTE = { kind: 'set', path: ['vms', 'haproxy-lb', 'about'], value: 'front door' } as const
const note = { ...NOTE, path: [...NOTE.path] }

test('a problem appears with the edit that causes it, and its fix removes it', () => {
  const { now } = open()
  const address = '10.3.0.77'
  const before = now().problems.length
  now().edit('Address', {
    kind: 'set',
    path: ['vms', 'k8s-worker-1', 'nics', 'lan', 'address'],
    value: address,
  })
  const nic = now().problems.find(
    ({ path }) => path.includes('k8s-worker-1') && path.includes('nics'),
  )
  expect(nic?.fix).toBeDefined()
  now().commit('Fix', nic?.fix?.changes ?? [])
  expect(now().problems.length).toBeLessThanOrEqual(before)
  expect(now().history.past).toHaveLength(2)
})

test('save sends the text, counts from zero again, and keeps the way back', async () => {
  const sent: string[] = []
  const { now } = open(async (text, parent) => {
    sent.push(text)
    return { revision: revisionOf(parent + 1), text, problems: [], merged: false }
  })
  now().edit('Note', note)
  expect(now().unsaved).toBe(1)
  expect(await now().save('why')).toBe(true)
  expect(sent[0]).toContain('front door')
  expect(now()).toMatchObject({ unsaved: 0, failure: null, revision: { number: 2 } })
  now().undo()
  expect(now().unsaved).toBe(1)
})

test('a refused save keeps everything and says why until the next one', async () => {
  const { now } = open(async () => {
    throw new ApiFailure(409, { code: 'revision.conflict', message: 'Somebody else saved.' })
  })
  now().edit('Note', note)
  expect(await now().save('')).toBe(false)
  expect(now()).toMatchObject({ unsaved: 1, saving: false, failure: { code: 'revision.conflict' } })
})

test('what is edited while a save is under way stays unsaved on top of it', async () => {
  let answer: (() => void) | undefined
  const { now } = open(
    (text, parent) =>
      new Promise((resolve) => {
        answer = () =>
          resolve({ revision: revisionOf(parent + 1), text, problems: [], merged: false })
      }),
  )
  now().edit('Note', note)
  const saving = now().save('')
  now().edit('Another', { kind: 'set', path: ['about'], value: 'later' })
  answer?.()
  await saving
  expect(now().unsaved).toBe(1)
  expect(now().history.base.topology.vms?.['haproxy-lb']?.about).toBe('front door')
  expect(now().history.doc.topology.about).toBe('later')
})

test("another browser's save is followed at once when nothing is unsaved here", () => {
  const { now } = open()
  now().receive(headOf(THEIRS, 2))
  expect(now()).toMatchObject({ revision: { number: 2 }, newer: null, unsaved: 0 })
  expect(now().history.doc.topology.about).toBe('theirs')
})

test('and what is unsaved goes on top of it by itself; undo takes back mine alone', () => {
  const { now } = open()
  now().edit('Note', note)
  now().receive(headOf(THEIRS, 2))
  expect(now()).toMatchObject({ revision: { number: 2 }, newer: null, unsaved: 1 })
  const { topology } = now().history.doc
  expect(topology.about).toBe('theirs')
  expect(topology.vms?.['haproxy-lb']?.about).toBe('front door')
  now().undo()
  expect(textOf(now().history.doc)).toBe(THEIRS)
  expect(now().unsaved).toBe(0)
  now().redo()
  expect(now().history.doc.topology.vms?.['haproxy-lb']?.about).toBe('front door')
})

test('text that does not parse stays as typed, locks the rest, and undo discards it first', () => {
  const { now } = open()
  now().edit('Note', note)
  now().typeText('name: [', false)
  expect(whyNotEdit(now())).toContain('line')
  now().edit('Another', { kind: 'set', path: ['about'], value: 'no' })
  expect(now().history.doc.topology.about).not.toBe('no')
  now().undo()
  expect(now().faulty).toBeNull()
  expect(now().history.doc.topology.vms?.['haproxy-lb']?.about).toBe('front door')
})

test('a draft of an older revision is merged into the newer one', () => {
  const { now } = open()
  const base = DARK_KNIGHT
  const mine = open()
  mine.now().edit('Note', note)
  const text = textOf(mine.now().history.doc)
  now().receive(headOf(THEIRS, 2))
  expect(
    now().restoreDraft({ topologyId: 'dark-knight', revision: 1, base, text, at: 0 }),
  ).toBeNull()
  expect(now().history.doc.topology.about).toBe('theirs')
  expect(now().history.doc.topology.vms?.['haproxy-lb']?.about).toBe('front door')
})

test('moving items is stored per lens and is no change of the document', () => {
  const { now, layouts } = open()
  now().openLens('network')
  now().move('network', { 'networks/kubernetes': { x: 1, y: 2 } })
  expect(layouts.at(-1)?.network?.['networks/kubernetes']).toEqual({ x: 1, y: 2 })
  expect(now().unsaved).toBe(0)
})

test("another browser's layout is taken over, but never one older than what was just moved", async () => {
  const { now } = open()
  const layout = { network: { 'networks/kubernetes': { x: 9, y: 9 } } }
  now().move('network', { 'networks/kubernetes': { x: 1, y: 2 } })
  now().receive({ ...headOf(DARK_KNIGHT, 1), layout })
  expect(now().places.network?.['networks/kubernetes']).toEqual({ x: 1, y: 2 })
  await vi.waitFor(() => expect(now().placing).toBe(0))
  now().receive({ ...headOf(DARK_KNIGHT, 1), layout })
  expect(now().places.network?.['networks/kubernetes']).toEqual({ x: 9, y: 9 })
})

test('the selection goes when its object does', () => {
  const { now } = open()
  now().select(['vms', 'haproxy-lb'])
  now().edit('Remove', { kind: 'removeObject', collection: 'vms', id: 'haproxy-lb' })
  expect(now().selected).toBeNull()
})
