import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ApiFailure } from '@/lib/api/client'
import type { Layout, RevisionSummary, SaveAnswer, TopologyHead } from '@/lib/api/contract'
import type { ChangeSet } from '@/lib/topology/change'
import { changesOf, type Edit } from '@/lib/topology/edit'
import { mergeTexts } from '@/lib/topology/merge'
import { type Fault, parseTopology } from '@/lib/topology/parse'
import type { Problem } from '@/lib/topology/problem'
import type { Topology } from '@/lib/topology/topology'
import { validate } from '@/lib/topology/validate'
import type { Lens } from '../lens/box'
import { type Places, settle, tidyPlaces } from '../lens/settle'
import type { Draft } from './draft'
import {
  commit,
  commitText,
  countUnsaved,
  type Doc,
  docOf,
  type History,
  markSaved,
  openHistory,
  rebase,
  redo,
  textOf,
  undo,
} from './history'

/** What the editor asks of the server; a test gives its own. */
export type EditorServer = {
  save: (text: string, parent: number, message: string) => Promise<SaveAnswer>
  saveLayout: (layout: Layout) => Promise<unknown>
}

/** Why the last save was refused; stays until it is resolved. */
export type SaveFailure = Pick<ApiFailure, 'code' | 'message' | 'issues' | 'conflict'>

export type EditorState = {
  topologyId: string
  /** Revision that `history.base` is. */
  revision: RevisionSummary
  history: History
  problems: readonly Problem[]
  /** What stands beside the document, as the server saw it with the last head. */
  unmanaged: TopologyHead['unmanaged']
  unsaved: number
  places: Readonly<Partial<Record<Lens, Places>>>
  /** Layouts on their way to the server; until they are there, what comes from it is older. */
  placing: number
  /** Path of the object that is inspected. */
  selected: readonly string[] | null
  /** Text that does not parse. It is kept as typed, and nothing else may be edited meanwhile. */
  faulty: { text: string; faults: readonly Fault[] } | null
  /** A newer revision that was not merged into what is unsaved here. */
  newer: TopologyHead | null
  saving: boolean
  failure: SaveFailure | null
}

/** Everything that changes an editor. All writing into the document goes through `commit`. */
export type EditorActions = {
  edit: (label: string, edit: Edit) => void
  commit: (label: string, changes: ChangeSet) => void
  /** Typed text; `joined` while it belongs to the same undo step. */
  typeText: (text: string, joined: boolean) => void
  discardText: () => void
  undo: () => void
  redo: () => void
  select: (path: readonly string[] | null) => void
  openLens: (lens: Lens) => void
  move: (lens: Lens, moved: Places) => void
  tidy: (lens: Lens) => Places
  save: (message: string) => Promise<boolean>
  /** A head that came from the server: followed where nothing is unsaved, offered otherwise. */
  receive: (head: TopologyHead) => void
  /** False where both sides changed the same; nothing is merged then. */
  mergeNewer: () => boolean
  takeNewer: () => void
  /** Takes back what was left unsaved; answers why it cannot, null if it did. */
  restoreDraft: (draft: Draft) => string | null
}

export type Editor = EditorState & EditorActions
export type EditorStore = StoreApi<Editor>
type Set = StoreApi<Editor>['setState']
type Get = StoreApi<Editor>['getState']

/** An editor over a topology's head. Throws if the head's text does not parse: the server refuses such. */
export function createEditor(head: TopologyHead, server: EditorServer): EditorStore {
  return createStore<Editor>()((set, get) => ({
    ...opened(head),
    ...documentActions(set, get),
    ...layoutActions(set, get, server),
    ...revisionActions(set, get, server),
    select: (path) => set({ selected: path }),
  }))
}

/** Why the document cannot be edited now, null if it can. */
export function whyNotEdit({ faulty }: Pick<EditorState, 'faulty'>): string | null {
  if (faulty === null) return null
  const line = faulty.faults[0]?.line
  return `The text has a fault${line === undefined ? '' : ` in line ${line}`} - correct it or discard it first.`
}

function opened(head: TopologyHead): EditorState {
  const history = openHistory(parsedDoc(head.text))
  return {
    topologyId: head.id,
    revision: head.revision,
    unmanaged: head.unmanaged,
    ...derived(history, head.unmanaged),
    places: head.layout as EditorState['places'],
    placing: 0,
    selected: null,
    faulty: null,
    newer: null,
    saving: false,
    failure: null,
  }
}

/** What follows from the document and what stands beside it, computed once per change. */
function derived(
  history: History,
  unmanaged: EditorState['unmanaged'],
): Pick<EditorState, 'history' | 'problems' | 'unsaved'> {
  const today = utcDay()
  return {
    history,
    problems: validate(history.doc.topology, { today, ...(unmanaged ? { unmanaged } : {}) }),
    unsaved: countUnsaved(history),
  }
}

const utcDay = () => new Date().toISOString().slice(0, 10)

function parsedDoc(text: string): Doc {
  const parsed = parseTopology(text)
  if (!parsed.ok) throw new Error(parsed.faults[0]?.message ?? 'the document does not parse')
  return docOf(parsed.topology, text)
}

function documentActions(set: Set, get: Get) {
  const enter = (history: History) => {
    const before = get()
    if (history === before.history) return
    const { topology } = history.doc
    set({
      ...derived(history, before.unmanaged),
      places: settled(topology, before.places),
      selected: stillThere(topology, before.selected),
    })
  }
  const write = (label: string, changesFor: (topology: Topology) => ChangeSet) => {
    const state = get()
    if (whyNotEdit(state) !== null) return
    enter(commit(state.history, label, changesFor(state.history.doc.topology)))
  }
  return {
    edit: (label: string, edit: Edit) => {
      const addresses = get().unmanaged?.addresses.map(({ address }) => address)
      write(label, (topology) => changesOf(topology, edit, { addresses, today: utcDay() }))
    },
    commit: (label: string, changes: ChangeSet) => write(label, () => changes),
    typeText: (text: string, joined: boolean) => {
      const parsed = parseTopology(text)
      if (!parsed.ok) {
        set({ faulty: { text, faults: parsed.faults } })
        return
      }
      set({ faulty: null })
      enter(commitText(get().history, docOf(parsed.topology, text), joined))
    },
    discardText: () => set({ faulty: null }),
    undo: () => {
      // The newest thing done is the typing that does not parse yet.
      if (get().faulty) set({ faulty: null })
      else enter(undo(get().history))
    },
    redo: () => {
      if (get().faulty === null) enter(redo(get().history))
    },
  }
}

function settled(topology: Topology, places: EditorState['places']): EditorState['places'] {
  return Object.fromEntries(
    Object.entries(places).map(([lens, kept]) => [lens, settle(topology, lens as Lens, kept)]),
  )
}

/** The selection, or the nearest thing around it that still exists. */
function stillThere(topology: Topology, path: readonly string[] | null): readonly string[] | null {
  if (path === null) return null
  let value: unknown = topology
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !(step in value)) return null
    value = (value as Record<string, unknown>)[step]
  }
  return path
}

function layoutActions(set: Set, get: Get, server: EditorServer) {
  const keep = (lens: Lens, places: Places) => {
    const { places: all, placing } = get()
    set({ places: { ...all, [lens]: places }, placing: placing + 1 })
    server
      .saveLayout({ [lens]: { ...places } })
      .catch((error: unknown) => set({ failure: failureOf(error) }))
      .finally(() => set({ placing: get().placing - 1 }))
  }
  return {
    openLens: (lens: Lens) => {
      const { places, history } = get()
      const settledPlaces = settle(history.doc.topology, lens, places[lens] ?? {})
      if (settledPlaces !== places[lens]) set({ places: { ...places, [lens]: settledPlaces } })
    },
    move: (lens: Lens, moved: Places) => keep(lens, { ...get().places[lens], ...moved }),
    tidy: (lens: Lens) => {
      const before = get().places[lens] ?? {}
      keep(lens, tidyPlaces(get().history.doc.topology, lens))
      return before
    },
  }
}

function revisionActions(set: Set, get: Get, server: EditorServer) {
  const open = (head: TopologyHead, history: History) => {
    const places = settled(history.doc.topology, get().places)
    set({
      revision: head.revision,
      ...derived(history, get().unmanaged),
      places,
      newer: null,
      failure: null,
    })
  }
  const show = (history: History) =>
    set({
      ...derived(history, get().unmanaged),
      places: settled(history.doc.topology, get().places),
    })
  return {
    save: async (message: string): Promise<boolean> => {
      const { history, revision, saving, faulty } = get()
      if (saving || faulty !== null) return false
      set({ saving: true, failure: null })
      try {
        const sent = history.doc
        const answer = await server.save(textOf(sent), revision.number, message)
        const now = get().history
        const saved = savedHistory(now, sent, parsedDoc(answer.text))
        set({
          revision: answer.revision,
          ...derived(saved, get().unmanaged),
          newer: null,
          saving: false,
        })
        return true
      } catch (error) {
        set({ saving: false, failure: failureOf(error) })
        return false
      }
    },
    receive: (head: TopologyHead) => {
      const seen = JSON.stringify(head.unmanaged)
      if (seen !== JSON.stringify(get().unmanaged)) {
        set({ unmanaged: head.unmanaged, ...derived(get().history, head.unmanaged) })
      }
      const { revision, unsaved, faulty, saving, placing, places, history } = get()
      if (placing === 0) {
        const theirs = { ...places, ...(head.layout as EditorState['places']) }
        set({ places: settled(history.doc.topology, theirs) })
      }
      if (head.revision.number <= revision.number || saving) return
      if (unsaved === 0 && faulty === null) open(head, openHistory(parsedDoc(head.text)))
      else set({ newer: head })
    },
    mergeNewer: (): boolean => {
      const { newer, history } = get()
      if (newer === null) return true
      const merged = mergeTexts(textOf(history.base), textOf(history.doc), newer.text)
      if (merged.ok) open(newer, rebase(parsedDoc(newer.text), parsedDoc(merged.text)))
      return merged.ok
    },
    takeNewer: () => {
      const { newer } = get()
      if (newer) open(newer, openHistory(parsedDoc(newer.text)))
    },
    restoreDraft: (draft: Draft): string | null => {
      const { history, revision } = get()
      const parsed = parseTopology(draft.text)
      if (!parsed.ok) {
        set({ faulty: { text: draft.text, faults: parsed.faults } })
        return null
      }
      if (draft.revision !== revision.number) {
        const merged = mergeTexts(draft.base, draft.text, textOf(history.doc))
        if (!merged.ok) return 'They conflict with it - discard them, or copy what you need first.'
        show(rebase(history.base, parsedDoc(merged.text)))
      } else show(rebase(history.base, docOf(parsed.topology, draft.text)))
      return null
    },
  }
}

/** What was typed while the save was under way stays unsaved on top of what was saved. */
function savedHistory(now: History, sent: Doc, saved: Doc): History {
  if (now.doc === sent) return markSaved(now, saved)
  const merged = mergeTexts(textOf(sent), textOf(now.doc), textOf(saved))
  return merged.ok ? rebase(saved, parsedDoc(merged.text)) : { ...now, base: saved }
}

function failureOf(error: unknown): SaveFailure {
  if (error instanceof Error && 'code' in error && 'issues' in error) {
    return error as unknown as SaveFailure
  }
  throw error
}
