'use client'

import { useEffect, useState } from 'react'
import { type Draft, dropDraft, readDraft, writeDraft } from './draft'
import type { Editor, EditorStore } from './editor-store'
import { textOf } from './history'

/** How long the document rests before it is kept. Leaving the page keeps it at once. */
const REST_MS = 800

/**
 * Keeps what is not saved in this browser, and gives what was left the last time until it is
 * restored or discarded.
 */
export function useDraft(store: EditorStore): [Draft | null, () => void] {
  const [left, setLeft] = useState<Draft | null>(() => leftDraft(store.getState()))
  useEffect(() => {
    // What was left is not written over before a person has decided.
    if (left !== null) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const keep = () => {
      clearTimeout(timer)
      keepDraft(store.getState(), Date.now())
    }
    const unsubscribe = store.subscribe((state, before) => {
      if (state.history === before.history && state.faulty === before.faulty) return
      clearTimeout(timer)
      timer = setTimeout(keep, REST_MS)
    })
    window.addEventListener('pagehide', keep)
    return () => {
      keep()
      unsubscribe()
      window.removeEventListener('pagehide', keep)
    }
  }, [store, left])
  return [left, () => setLeft(null)]
}

function leftDraft({ topologyId, history }: Editor): Draft | null {
  const draft = readDraft(localStorage, topologyId)
  return draft === null || draft.text === textOf(history.base) ? null : draft
}

function keepDraft({ topologyId, revision, history, unsaved, faulty }: Editor, at: number): void {
  if (unsaved === 0 && faulty === null) {
    dropDraft(localStorage, topologyId)
    return
  }
  writeDraft(localStorage, {
    topologyId,
    revision: revision.number,
    base: textOf(history.base),
    text: faulty?.text ?? textOf(history.doc),
    at,
  })
}
