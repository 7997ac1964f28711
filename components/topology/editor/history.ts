import { applyChanges } from '@/lib/topology/apply'
import { type ChangeSet, invert } from '@/lib/topology/change'
import { diff } from '@/lib/topology/diff'
import { rewriteText } from '@/lib/topology/rewrite'
import type { Topology } from '@/lib/topology/topology'

/**
 * One state of the document. Its text is kept where it is known and otherwise rewritten from the
 * last known one when somebody asks: a gesture must not wait for the syntax tree.
 */
export type Doc = {
  topology: Topology
  source: { text: string } | { from: Doc; changes: ChangeSet }
}

/** One gesture: its changes, and the documents around it while those are still what they were. */
export type Entry = {
  label: string
  changes: ChangeSet
  /** Null once the server has written into the document since; then only `changes` hold. */
  before: Doc | null
  after: Doc | null
}

/** The document as saved, as it stands, and the way between. Plain values, nothing is changed in place. */
export type History = {
  base: Doc
  doc: Doc
  past: readonly Entry[]
  future: readonly Entry[]
}

/** A document whose text is at hand. */
export function docOf(topology: Topology, text: string): Doc {
  return { topology, source: { text } }
}

export function openHistory(base: Doc): History {
  return { base, doc: base, past: [], future: [] }
}

const texts = new WeakMap<Doc, string>()

/** The text of a document, comments included. Remembered; at most one rewriting per document. */
export function textOf(doc: Doc): string {
  const known = 'text' in doc.source ? doc.source.text : texts.get(doc)
  if (known !== undefined) return known
  const changes: ChangeSet[] = []
  let at = doc
  let text: string | undefined
  while (text === undefined) {
    if ('text' in at.source) text = at.source.text
    else {
      text = texts.get(at)
      if (text === undefined) {
        changes.unshift(at.source.changes)
        at = at.source.from
      }
    }
  }
  const written = rewriteText(text, changes.flat())
  texts.set(doc, written)
  return written
}

/** The one way into the document. An empty change set leaves everything as it is. */
export function commit(history: History, label: string, changes: ChangeSet): History {
  if (changes.length === 0) return history
  const { doc } = history
  const after: Doc = {
    topology: applyChanges(doc.topology, changes),
    source: { from: doc, changes },
  }
  return enter(history, { label, changes, before: doc, after }, after)
}

/** A typed text that parses; `joined` makes it part of the step before, so that typing is one step. */
export function commitText(history: History, typed: Doc, joined: boolean): History {
  if (textOf(typed) === textOf(history.doc)) return history
  const last = history.past.at(-1)
  const before = joined && last?.before ? last.before : history.doc
  const changes = diff(before.topology, typed.topology)
  const entry: Entry = { label: 'Edit text', changes, before, after: typed }
  const past = joined && last?.before ? history.past.slice(0, -1) : history.past
  return enter({ ...history, past }, entry, typed)
}

function enter(history: History, entry: Entry, doc: Doc): History {
  return { ...history, doc, past: [...history.past, entry], future: [] }
}

export function undo(history: History): History {
  const entry = history.past.at(-1)
  if (!entry) return history
  const doc = entry.before ?? stepped(history.doc, invert(entry.changes))
  const past = history.past.slice(0, -1)
  return { ...history, doc, past, future: [entry, ...history.future] }
}

export function redo(history: History): History {
  const [entry, ...future] = history.future
  if (!entry) return history
  const doc = entry.after ?? stepped(history.doc, entry.changes)
  return { ...history, doc, past: [...history.past, entry], future }
}

function stepped(from: Doc, changes: ChangeSet): Doc {
  return { topology: applyChanges(from.topology, changes), source: { from, changes } }
}

/**
 * After a save: `saved` is what the server keeps. What it filled in (VMIDs, MACs, addresses) is not
 * a gesture, so no undo takes it back; the steps go on by their changes alone.
 */
export function markSaved(history: History, saved: Doc): History {
  if (textOf(saved) === textOf(history.doc)) return { ...history, base: history.doc }
  const loose = (entry: Entry): Entry => ({ ...entry, before: null, after: null })
  return {
    base: saved,
    doc: saved,
    past: history.past.map(loose),
    future: history.future.map(loose),
  }
}

/** Theirs becomes the base and what was not saved one step on top of it, to be undone as a whole. */
export function rebase(theirs: Doc, merged: Doc): History {
  const changes = diff(theirs.topology, merged.topology)
  const entry: Entry = { label: 'Changes before the merge', changes, before: theirs, after: merged }
  return { base: theirs, doc: merged, past: [entry], future: [] }
}

/** Differences from what is saved; a changed comment counts as one. */
export function countUnsaved({ base, doc }: History): number {
  if (base === doc) return 0
  const changes = diff(base.topology, doc.topology).length
  return changes > 0 ? changes : textOf(base) === textOf(doc) ? 0 : 1
}
