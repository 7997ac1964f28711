import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ApiFailure } from '@/lib/api/client'
import type { Layout, RevisionSummary, SaveAnswer, TopologyHead } from '@/lib/api/contract'
import type { ChangeSet } from '@/lib/topology/change'
import { changesOf, type Edit } from '@/lib/topology/edit'
import type { Conflict } from '@/lib/topology/merge'
import { type Fault, parseTopology } from '@/lib/topology/parse'
import type { Problem } from '@/lib/topology/problem'
import type { Topology } from '@/lib/topology/topology'
import { validate } from '@/lib/topology/validate'
import type { Lens } from '../lens/box'
import { type Places, settle, tidyPlaces } from '../lens/settle'
import type { Choices } from './conflicts'
import type { Draft } from './draft'
import {
  commit,
  commitText,
  countUnsaved,
  type Doc,
  docOf,
  type History,
  openHistory,
  redo,
  undo,
} from './history'
import type { News } from './news'
import { failureOf, parsedDoc, revisionActions } from './revision-actions'

/** What the editor asks of the server; a test gives its own. */
export type EditorServer = {
  save: (text: string, parent: number, message: string) => Promise<SaveAnswer>
  saveLayout: (layout: Layout) => Promise<unknown>
}

/** Why the last save was refused; stays until it is resolved. */
export type SaveFailure = Pick<ApiFailure, 'status' | 'code' | 'message' | 'issues' | 'conflict'>

/** A revision that is not taken in yet, and where a person must choose before it can be. */
export type Newer = { revision: RevisionSummary; doc: Doc; conflicts: readonly Conflict[] }

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
  /** A newer revision that waits: for a choice, for a text that parses, or for a save to end. */
  newer: Newer | null
  /** What was chosen so far where both sides changed the same. */
  choices: Choices
  /** What others changed while the page was open, the newest last. */
  news: readonly News[]
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
  /** A head that came from the server: what is not saved goes on top of it by itself. */
  receive: (head: TopologyHead) => void
  /** Whose value stands in conflicts of `newer`; the others stay as they were chosen. */
  choose: (choices: Choices) => void
  /** Takes `newer` in with the choices; false while one is missing. */
  resolve: () => boolean
  /** Takes `newer` as it is; what was not saved is one undo away. */
  takeNewer: () => void
  dismissNews: () => void
  /** The text editor hands over what it has not told yet, before anything else is written. */
  typingIn: (flush: (() => void) | null) => void
  /** Takes back what was left unsaved; answers why it cannot, null if it did. */
  restoreDraft: (draft: Draft) => string | null
}

export type Editor = EditorState & EditorActions
export type EditorStore = StoreApi<Editor>
type Set = StoreApi<Editor>['setState']
type Get = StoreApi<Editor>['getState']

/** An editor over a topology's head. Throws if the head's text does not parse: the server refuses such. */
export function createEditor(head: TopologyHead, server: EditorServer): EditorStore {
  return createStore<Editor>()((set, get) => {
    const show = shower(set, get)
    const { catchUp, receive, ...revisions } = revisionActions({ get, set, show, server })
    return {
      ...opened(head),
      ...documentActions(set, get, { show, catchUp }),
      ...layoutActions(set, get, server),
      ...revisions,
      receive: (newer: TopologyHead) => {
        followSurroundings(set, get, newer)
        receive(newer)
      },
      select: (path) => set({ selected: path }),
    }
  })
}

/** Why the document cannot be saved although it can be edited, null if it can. */
export function whyNotSave({ newer }: Pick<EditorState, 'newer'>): string | null {
  if (newer === null || newer.conflicts.length === 0) return null
  return `${newer.revision.author} changed the same as you - choose whose values stand first.`
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
    choices: {},
    news: [],
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

/** Shows another history, with what follows from it. */
function shower(set: Set, get: Get) {
  return (history: History): void => {
    const before = get()
    if (history === before.history) return
    const { topology } = history.doc
    set({
      ...derived(history, before.unmanaged),
      places: settled(topology, before.places),
      selected: stillThere(topology, before.selected),
    })
  }
}

/** What stands beside the document, and where things are drawn. */
function followSurroundings(set: Set, get: Get, head: TopologyHead): void {
  const seen = JSON.stringify(head.unmanaged)
  if (seen !== JSON.stringify(get().unmanaged)) {
    set({ unmanaged: head.unmanaged, ...derived(get().history, head.unmanaged) })
  }
  const { placing, places, history } = get()
  if (placing > 0) return
  const theirs = { ...places, ...(head.layout as EditorState['places']) }
  set({ places: settled(history.doc.topology, theirs) })
}

type Around = { show: (history: History) => void; catchUp: () => void }

function documentActions(set: Set, get: Get, { show, catchUp }: Around) {
  const enter = (history: History) => {
    show(history)
    // A newer revision may have waited for exactly this.
    catchUp()
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
      enter(commitText(get().history, docOf(parsed.topology, text), { joined }))
    },
    discardText: () => {
      set({ faulty: null })
      catchUp()
    },
    undo: () => {
      // The newest thing done is the typing that does not parse yet.
      if (get().faulty) set({ faulty: null })
      else show(undo(get().history))
      catchUp()
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
