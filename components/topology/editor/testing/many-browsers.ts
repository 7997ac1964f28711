import { ApiFailure } from '@/lib/api/client'
import type { RevisionSummary, SaveAnswer, TopologyHead } from '@/lib/api/contract'
import { allocate } from '@/lib/topology/allocate'
import { mergeTexts } from '@/lib/topology/merge'
import { parseTopology } from '@/lib/topology/parse'
import { rewriteText } from '@/lib/topology/rewrite'
import type { Topology } from '@/lib/topology/topology'
import { createEditor, type EditorStore } from '../editor-store'

/** The value of a text that must parse. */
export function read(text: string): Topology {
  const parsed = parseTopology(text)
  if (!parsed.ok) throw new Error(`${JSON.stringify(parsed.faults)}\n${text}`)
  return parsed.topology
}

/** The head of a topology as the server answers it. */
export function headOf(text: string, number: number, author = 'alfred'): TopologyHead {
  return {
    ...{ id: 'dark-knight', name: 'dark-knight', revision: summaryOf(number, author), text },
    ...{ document: read(text), problems: [], layout: {}, appliedRevision: null, connections: [] },
  }
}

export const summaryOf = (number: number, author = 'alfred'): RevisionSummary => ({
  ...{ number, parent: number - 1, hash: '', at: 0, author, message: '', deployable: true },
})

/**
 * A server that saves as lib/db/revisions.ts does: what was made from an older revision is merged
 * into the head or refused with it, and numbers are filled in. Any number of browsers save to it.
 */
export function sharedServer(first: string) {
  const revisions: { text: string; author: string }[] = [{ text: filled(first), author: 'alfred' }]
  const head = (): TopologyHead =>
    headOf(revisions.at(-1)?.text ?? '', revisions.length, revisions.at(-1)?.author)
  const save = (author: string, text: string, parent: number): SaveAnswer => {
    let next = text
    const merged = parent !== revisions.length
    if (merged) {
      const result = mergeTexts(revisions[parent - 1]?.text ?? '', text, head().text)
      if (!result.ok) throw conflictWith(head(), result.conflicts)
      next = result.text
    }
    next = filled(next)
    if (next !== head().text) revisions.push({ text: next, author })
    return { revision: head().revision, text: next, problems: [], merged }
  }
  const browser = (author: string): EditorStore =>
    createEditor(head(), {
      save: async (text, parent) => save(author, text, parent),
      saveLayout: async () => undefined,
    })
  return { head, save, browser }
}

const conflictWith = (
  { revision, text }: TopologyHead,
  paths: NonNullable<ApiFailure['conflict']>['paths'],
) =>
  new ApiFailure(409, {
    ...{ code: 'revision.conflict', message: 'Somebody saved meanwhile.' },
    conflict: { head: revision, text, paths },
  })

function filled(text: string): string {
  const mac = (n: number) => `BC:24:11:00:00:${n.toString(16).padStart(2, '0').toUpperCase()}`
  return rewriteText(text, allocate(read(text), { vmids: [], addresses: [], macs: [] }, mac))
}
