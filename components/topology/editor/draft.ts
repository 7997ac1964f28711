/** What was not saved when the page went away. Kept in the browser, offered back once. */
export type Draft = {
  topologyId: string
  /** Revision that it was made from. */
  revision: number
  /** Text of that revision, to merge by if somebody saves meanwhile. */
  base: string
  text: string
  /** UTC milliseconds. */
  at: number
}

const keyOf = (topologyId: string) => `drawbridge.draft.${topologyId}`

/** The kept draft of a topology; null without one or where it cannot be read. */
export function readDraft(storage: Storage, topologyId: string): Draft | null {
  const kept = storage.getItem(keyOf(topologyId))
  return kept === null ? null : parseDraft(kept)
}

/** False where the browser refuses (private mode, quota): the page then says that nothing is kept. */
export function writeDraft(storage: Storage, draft: Draft): boolean {
  try {
    storage.setItem(keyOf(draft.topologyId), JSON.stringify(draft))
    return true
  } catch (error) {
    if (error instanceof DOMException) return false
    throw error
  }
}

export function dropDraft(storage: Storage, topologyId: string): void {
  storage.removeItem(keyOf(topologyId))
}

function parseDraft(kept: string): Draft | null {
  try {
    const value: unknown = JSON.parse(kept)
    return isDraft(value) ? value : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function isDraft(value: unknown): value is Draft {
  if (typeof value !== 'object' || value === null) return false
  const draft = value as Partial<Draft>
  return (
    typeof draft.topologyId === 'string' &&
    typeof draft.revision === 'number' &&
    typeof draft.base === 'string' &&
    typeof draft.text === 'string' &&
    typeof draft.at === 'number'
  )
}
