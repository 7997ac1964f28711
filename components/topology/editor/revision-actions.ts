import type { RevisionSummary, TopologyHead } from '@/lib/api/contract'
import type { ChangeSet, Json } from '@/lib/topology/change'
import { diff } from '@/lib/topology/diff'
import { isOnlyFilledIn } from '@/lib/topology/filled-in'
import { sameJson } from '@/lib/topology/json'
import { parseTopology } from '@/lib/topology/parse'
import { type Choices, choosing, stillChosen, withOtherIds } from './conflicts'
import type { Draft } from './draft'
import type { Editor, EditorServer, EditorState, Newer, SaveFailure } from './editor-store'
import { commitText, type Doc, docOf, type History, openHistory, textOf } from './history'
import { type News, touchedByOthers, withNews } from './news'
import { rebaseHistory, savedHistory, yieldTo } from './rebase'

/** What these actions need of the editor around them. */
export type Desk = {
  get: () => Editor
  set: (part: Partial<EditorState>) => void
  /** Another history with everything that follows from it. */
  show: (history: History) => void
  server: EditorServer
}

/** The document of a text from the server, which refuses what does not parse. */
export function parsedDoc(text: string): Doc {
  const parsed = parseTopology(text)
  if (!parsed.ok) throw new Error(parsed.faults[0]?.message ?? 'the document does not parse')
  return docOf(parsed.topology, text)
}

/** How revisions of others come in, and how one's own are saved. */
export function revisionActions(desk: Desk) {
  const { get, set, show } = desk
  const typing = { flush: null as (() => void) | null }
  /** What was sent in a save that was never answered: the server may have taken it. */
  const lost = { sent: null as Doc | null }

  /** Takes the newer revision in as soon as nothing stands against it. */
  const catchUp = (): void => {
    const { newer, revision, history, faulty, saving, choices } = get()
    if (newer === null || saving || faulty !== null) return
    const own = lost.sent !== null && isAnswerTo(lost.sent, newer, revision) ? lost.sent : null
    const rebased = own
      ? savedHistory(history, own, newer.doc, false)
      : rebaseHistory(history, newer.doc)
    if (rebased.ok) land(newer, rebased.history, own === null)
    else {
      const { conflicts } = rebased
      const kept = stillChosen(choices, newer.conflicts, conflicts)
      set({ newer: { ...newer, conflicts }, choices: kept })
    }
  }
  const land = ({ revision: theirs, doc }: Newer, history: History, isNews = true): void => {
    const { revision, news, failure, history: before } = get()
    lost.sent = null
    const changes = isNews ? diff(before.base.topology, doc.topology) : []
    const revisions = theirs.number - revision.number
    set({
      ...{ revision: theirs, newer: null, choices: {} },
      // What was sent without an answer has arrived after all.
      failure: isNews ? failure : null,
      news: withNews(news, { ...newsOf(theirs, changes), revisions }),
    })
    show(history)
  }
  return {
    catchUp,
    receive: (head: TopologyHead): void => {
      const { newer, revision } = get()
      if (head.revision.number <= (newer?.revision ?? revision).number) return
      typing.flush?.()
      set({ newer: { revision: head.revision, doc: parsedDoc(head.text), conflicts: [] } })
      catchUp()
    },
    choose: (choices: Choices): void => set({ choices: { ...get().choices, ...choices } }),
    resolve: (): boolean => {
      const { newer, history, choices, faulty } = get()
      if (newer === null) return true
      if (faulty !== null) return false
      const mine = withOtherIds(history, newer.doc, newer.conflicts, choices)
      const rebased = rebaseHistory(mine, newer.doc, choosing(choices))
      if (rebased.ok) land(newer, rebased.history)
      return rebased.ok
    },
    takeNewer: (): void => {
      const { newer, history } = get()
      if (newer === null) return
      set({ faulty: null })
      land(newer, yieldTo(history, newer.doc))
    },
    dismissNews: (): void => set({ news: [] }),
    typingIn: (flush: (() => void) | null): void => {
      typing.flush = flush
    },
    save: async (message: string): Promise<boolean> => {
      typing.flush?.()
      return save(desk, message, { catchUp, lost })
    },
    restoreDraft: (draft: Draft): string | null => restore(desk, draft, catchUp),
  }
}

type Around = { catchUp: () => void; lost: { sent: Doc | null } }

async function save(desk: Desk, message: string, around: Around): Promise<boolean> {
  const { get, set, show, server } = desk
  const { history, revision, saving, faulty, newer } = get()
  if (saving || faulty !== null || newer !== null) return false
  set({ saving: true, failure: null })
  const sent = history.doc
  try {
    const answer = await server.save(textOf(sent), revision.number, message)
    const saved = parsedDoc(answer.text)
    const rebased = savedHistory(get().history, sent, saved, answer.merged)
    const waiting = get().newer
    const isOld = waiting !== null && waiting.revision.number <= answer.revision.number
    const isOther = waiting !== null && waiting.revision.number < answer.revision.number
    around.lost.sent = null
    if (rebased.ok) {
      const changes = answer.merged ? diff(sent.topology, saved.topology) : []
      const news = {
        ...newsOf(answer.revision, changes),
        by: isOther ? waiting.revision.author : null,
      }
      set({ revision: answer.revision, news: withNews(get().news, news) })
      show(rebased.history)
      set({ saving: false, ...(isOld ? { newer: null } : {}) })
    } else {
      // Typed while the save was under way, into what somebody else changed meanwhile.
      show({ ...get().history, base: sent })
      const answered = { revision: answer.revision, doc: saved, conflicts: [] }
      set({ saving: false, ...(isOld || waiting === null ? { newer: answered } : {}) })
    }
    around.catchUp()
    return true
  } catch (error) {
    const failure = failureOf(error)
    set({ saving: false, failure: failure.conflict ? null : failure })
    if (failure.status === 0) around.lost.sent = sent
    const { conflict } = failure
    if (conflict)
      set({ newer: { revision: conflict.head, doc: parsedDoc(conflict.text), conflicts: [] } })
    around.catchUp()
    // It was no conflict any more with what was typed meanwhile.
    return conflict && get().newer === null ? save(desk, message, around) : false
  }
}

/** Whether the head is what the server made of a save whose answer never came. */
function isAnswerTo(sent: Doc, { revision, doc }: Newer, parent: RevisionSummary): boolean {
  if (revision.parent !== parent.number) return false
  const [from, to] = [sent.topology, doc.topology] as unknown as [Json, Json]
  return sameJson(from, to) || isOnlyFilledIn(from, to)
}

const newsOf = ({ number, author }: RevisionSummary, changes: ChangeSet): News => ({
  ...{ by: author, revision: number, revisions: 1 },
  ...{ touched: touchedByOthers(changes), at: Date.now() },
})

/** What a refused call says; anything else is a bug and stays one. */
export function failureOf(error: unknown): SaveFailure {
  if (error instanceof Error && 'code' in error && 'issues' in error) {
    return error as unknown as SaveFailure
  }
  throw error
}

const UNREADABLE =
  'What they were made from cannot be read any more - copy what you need from the text, then discard them.'
const FAULTY = 'Their text has a fault - save or undo what you changed since, then restore them.'
const CONFLICTING =
  'They conflict with what you changed since - save or undo that, then restore them.'

/** Takes back what was left; answers why it cannot. */
function restore({ get, set, show }: Desk, draft: Draft, catchUp: () => void): string | null {
  const { history, revision, unsaved } = get()
  const base = parseTopology(draft.base)
  if (!base.ok) return UNREADABLE
  const same = draft.base === textOf(history.base)
  const start = openHistory(same ? history.base : docOf(base.topology, draft.base))
  const parsed = parseTopology(draft.text)
  const left = parsed.ok
    ? commitText(start, docOf(parsed.topology, draft.text), { label: 'Changes that were left' })
    : start
  if (unsaved > 0) return parsed.ok ? restoreOnto({ get, show }, left) : FAULTY
  show(left)
  if (!parsed.ok) set({ faulty: { text: draft.text, faults: parsed.faults } })
  if (!same) set({ newer: { revision, doc: history.base, conflicts: [] } })
  catchUp()
  return null
}

/** On top of what was changed before they were asked for. */
function restoreOnto({ get, show }: Pick<Desk, 'get' | 'show'>, left: History): string | null {
  const { history } = get()
  const rebased = rebaseHistory(left, history.doc)
  if (!rebased.ok) return CONFLICTING
  show(commitText(history, rebased.history.doc, { label: 'Changes that were left' }))
  return null
}
