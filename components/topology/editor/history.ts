import { assert } from '@/lib/base/assert'
import { applyChanges } from '@/lib/topology/apply'
import type { ChangeSet } from '@/lib/topology/change'
import { diff } from '@/lib/topology/diff'
import { textOfMerge } from '@/lib/topology/merge'
import { rewriteText } from '@/lib/topology/rewrite'
import type { Topology } from '@/lib/topology/topology'

/**
 * One state of the document. Its text is kept where it is known and otherwise made when somebody
 * asks, from the last known one or from the three that were merged: a gesture must not wait for the
 * syntax tree.
 */
export type Doc = {
  topology: Topology
  source:
    | { text: string }
    | { from: Doc; changes: ChangeSet }
    | { base: Doc; mine: Doc; theirs: Doc }
}

/** One gesture: its changes, and the documents around it. */
export type Entry = { label: string; changes: ChangeSet; before: Doc; after: Doc }

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

/** The text of a document, comments included. Remembered: it is made at most once per document. */
export function textOf(doc: Doc): string {
  const changes: ChangeSet[] = []
  let at = doc
  let text = knownText(at)
  while (text === undefined) {
    if ('changes' in at.source) {
      changes.unshift(at.source.changes)
      at = at.source.from
      text = knownText(at)
    } else text = textOfMerged(at)
  }
  const written = rewriteText(text, changes.flat())
  texts.set(doc, written)
  return written
}

const knownText = (doc: Doc): string | undefined =>
  'text' in doc.source ? doc.source.text : texts.get(doc)

function textOfMerged(doc: Doc): string {
  assert('mine' in doc.source, 'a document has a text, changes or three sides')
  const { base, mine, theirs } = doc.source
  const sides = { base: textOf(base), mine: textOf(mine), theirs: textOf(theirs) }
  const text = textOfMerge(sides, doc.topology)
  texts.set(doc, text)
  return text
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
export function commitText(
  history: History,
  typed: Doc,
  { joined = false, label = 'Edit text' }: { joined?: boolean; label?: string } = {},
): History {
  if (textOf(typed) === textOf(history.doc)) return history
  const last = joined ? history.past.at(-1) : undefined
  const before = last?.before ?? history.doc
  const changes = diff(before.topology, typed.topology)
  const past = last ? history.past.slice(0, -1) : history.past
  return enter({ ...history, past }, { label, changes, before, after: typed }, typed)
}

function enter(history: History, entry: Entry, doc: Doc): History {
  return { ...history, doc, past: [...history.past, entry], future: [] }
}

export function undo(history: History): History {
  const entry = history.past.at(-1)
  if (!entry) return history
  const past = history.past.slice(0, -1)
  return { ...history, doc: entry.before, past, future: [entry, ...history.future] }
}

export function redo(history: History): History {
  const [entry, ...future] = history.future
  if (!entry) return history
  return { ...history, doc: entry.after, past: [...history.past, entry], future }
}

/** Differences from what is saved; a changed comment counts as one. */
export function countUnsaved({ base, doc }: History): number {
  if (base === doc) return 0
  const changes = diff(base.topology, doc.topology).length
  return changes > 0 ? changes : textOf(base) === textOf(doc) ? 0 : 1
}
