import { assert } from '@/lib/base/assert'
import { applyChanges } from '@/lib/topology/apply'
import { diff } from '@/lib/topology/diff'
import { isOnlyFilledIn } from '@/lib/topology/filled-in'
import { type Choose, type Conflict, mergeTopologies } from '@/lib/topology/merge'
import { type Doc, type Entry, type History, textOf } from './history'

/** The history on another base, or where a person must choose first. */
export type Rebased = { ok: true; history: History } | { ok: false; conflicts: Conflict[] }

/** What was only filled in (VMIDs, MACs, addresses) gives way to what a person did. */
const unlessFilledIn: Choose = ({ base, theirs }) => (isOnlyFilledIn(base, theirs) ? 'mine' : null)

/**
 * Puts everything that was done since `history.base` on top of `theirs`: the document and each state
 * that undo and redo lead to, so that undoing all of it gives theirs, and no undo takes back what
 * others did. A step that means nothing any more, because theirs did the same or stands against it,
 * is left out. Where both changed the same `choose` says whose stands. Pure; texts are made later.
 */
export function rebaseHistory(history: History, theirs: Doc, choose: Choose = () => null): Rebased {
  const { base, doc } = history
  const onto = sharing(base, theirs)
  const decide: Choose = (conflict) => choose(conflict) ?? unlessFilledIn(conflict)
  const now = merge({ base, mine: doc, theirs: onto }, decide)
  if (!now.ok) return now
  const carried = new Map<Doc, Doc>([
    [doc, now.doc],
    [base, onto],
  ])
  const carry = (state: Doc): Doc => {
    const known = carried.get(state)
    if (known) return known
    const sides = { base, mine: state, theirs: onto }
    const merged = merge(sides, (conflict) => decide(conflict) ?? 'theirs')
    assert(merged.ok, 'every conflict of a step is decided')
    carried.set(state, merged.doc)
    return merged.doc
  }
  const past = history.past.flatMap((entry) => carryEntry(entry, carry))
  const future = history.future.flatMap((entry) => carryEntry(entry, carry))
  return { ok: true, history: { base: onto, doc: now.doc, past, future } }
}

function carryEntry(entry: Entry, carry: (state: Doc) => Doc): Entry[] {
  const [before, after] = [carry(entry.before), carry(entry.after)]
  const changes = diff(before.topology, after.topology)
  // A step that changed only comments has no changes to begin with.
  return changes.length === 0 && entry.changes.length > 0
    ? []
    : [{ label: entry.label, changes, before, after }]
}

type Docs = { base: Doc; mine: Doc; theirs: Doc }

function merge(
  { base, mine, theirs }: Docs,
  choose: Choose,
): { ok: true; doc: Doc } | { ok: false; conflicts: Conflict[] } {
  if (mine === base) return { ok: true, doc: theirs }
  const merged = mergeTopologies(base.topology, mine.topology, theirs.topology, choose)
  if (!merged.ok) return merged
  const { topology } = merged
  const source = hasOwnText(mine, base)
    ? { base, mine, theirs }
    : { from: theirs, changes: diff(theirs.topology, topology) }
  return { ok: true, doc: { topology, source } }
}

/** Whether its text says more than its changes to the base do: typed comments, blank lines. */
function hasOwnText(doc: Doc, base: Doc): boolean {
  let at = doc
  while (at !== base && 'changes' in at.source) at = at.source.from
  return at !== base
}

/** The same document, with every object that did not change taken from `base` by identity. */
function sharing(base: Doc, theirs: Doc): Doc {
  const topology = applyChanges(base.topology, diff(base.topology, theirs.topology))
  return { topology, source: { text: textOf(theirs) } }
}

/**
 * The history after the server took `sent` and keeps `saved`, with what it filled in and, if it was
 * `merged`, what others saved meanwhile. What was done since then stays unsaved on top of it.
 */
export function savedHistory(now: History, sent: Doc, saved: Doc, merged: boolean): Rebased {
  if (textOf(saved) === textOf(sent)) return { ok: true, history: { ...now, base: sent } }
  return rebaseHistory({ ...now, base: sent }, saved, () => (merged ? null : 'mine'))
}

/** Theirs as it is. What was not saved is one undo away, on top of it. */
export function yieldTo(history: History, theirs: Doc): History {
  const mine = rebaseHistory(history, theirs, () => 'mine')
  assert(mine.ok, 'every conflict was decided')
  const { base, doc, past } = mine.history
  const changes = diff(doc.topology, base.topology)
  const entry: Entry = { label: 'Discard my changes', changes, before: doc, after: base }
  return { base, doc: base, past: [...past, entry], future: [] }
}
