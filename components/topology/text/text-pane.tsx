'use client'

import { useEffect, useId, useRef, useState } from 'react'
import { Button } from '@/components/ui/button'
import { ErrorState, Skeleton } from '@/components/ui/states'
import type { Problem } from '@/lib/topology/problem'
import { useEditor, useEditorStore } from '../editor/editor-context'
import type { Editor } from '../editor/editor-store'
import { textOf } from '../editor/history'
import { placesInText } from './places-in-text'
import type { Mark, YamlEditor } from './yaml-editor'

/** Typing within this of the last key is one undo step. */
const JOIN_MS = 1500
/** Large texts are read when the typing rests; small ones at every key. */
const SMALL_TEXT = 60_000
const REST_MS = 300

/** The document's text beside the drawing; both are live. */
export function TextPane({ readOnly }: { readOnly: boolean }) {
  const store = useEditorStore()
  const hintId = useId()
  const parent = useRef<HTMLDivElement>(null)
  const editor = useRef<YamlEditor | null>(null)
  const [loading, setLoading] = useState(true)
  const faulty = useEditor(({ faulty: found }) => found)

  useEffect(() => {
    let closed = false
    let stop: (() => void) | null = null
    void import('./yaml-editor').then(({ openYamlEditor }) => {
      if (closed || !parent.current) return
      const { onType, flush } = typing(store)
      store.getState().typingIn(flush)
      const opened = openYamlEditor(parent.current, shownText(store.getState()), {
        readOnly,
        hintId,
        onType,
        onUndo: () => {
          flush()
          store.getState().undo()
        },
        onRedo: () => store.getState().redo(),
      })
      editor.current = opened
      const update = (state: Editor, before?: Editor) => {
        if (before && state.history.doc === before.history.doc && state.faulty === before.faulty)
          return
        opened.show(shownText(state))
        opened.mark(marksOf(state))
      }
      update(store.getState())
      const unsubscribe = store.subscribe(update)
      stop = () => {
        flush()
        store.getState().typingIn(null)
        unsubscribe()
        opened.destroy()
        editor.current = null
      }
      setLoading(false)
    })
    return () => {
      closed = true
      stop?.()
    }
  }, [store, readOnly, hintId])

  return (
    <section aria-label="Text" className="flex h-full min-h-0 flex-col bg-surface-1">
      {faulty ? (
        <ErrorState
          className="m-2"
          code={faulty.faults[0]?.code}
          message={`Line ${faulty.faults[0]?.line ?? '?'}: ${faulty.faults[0]?.message ?? ''}`}
          action={
            <>
              <Button size="sm" onClick={() => editor.current?.jump(faulty.faults[0]?.line ?? 1)}>
                Go to line
              </Button>
              <Button size="sm" onClick={() => store.getState().discardText()}>
                Discard this text
              </Button>
            </>
          }
        />
      ) : null}
      {loading ? (
        <div className="flex flex-col gap-2 p-3">
          <Skeleton />
          <Skeleton className="w-2/3" />
        </div>
      ) : null}
      <div ref={parent} className="min-h-0 flex-1 overflow-hidden" />
      {readOnly ? null : (
        <p
          id={hintId}
          className="border-line border-t px-2 py-1 text-caption text-ink-3 pointer-coarse:hidden"
        >
          Tab indents; Esc, then Tab, leaves the text.
        </p>
      )}
    </section>
  )
}

const shownText = ({ faulty, history }: Editor): string => faulty?.text ?? textOf(history.doc)

/** Hands typed text to the editor: at once while small, when it rests while large. */
function typing(store: ReturnType<typeof useEditorStore>) {
  let timer: ReturnType<typeof setTimeout> | undefined
  let waiting: string | null = null
  let lastAt = 0
  const flush = () => {
    clearTimeout(timer)
    if (waiting === null) return
    const text = waiting
    waiting = null
    const now = performance.now()
    const { past } = store.getState().history
    const joined = now - lastAt < JOIN_MS && past.at(-1)?.label === 'Edit text'
    lastAt = now
    store.getState().typeText(text, joined)
  }
  const onType = (text: string) => {
    waiting = text
    clearTimeout(timer)
    if (text.length < SMALL_TEXT) flush()
    else timer = setTimeout(flush, REST_MS)
  }
  return { onType, flush }
}

/** Faults of a text that does not parse, otherwise the problems at the lines of what they pin to. */
function marksOf({ faulty, history, problems }: Editor): Mark[] {
  if (faulty) {
    return faulty.faults.map(({ line, column, message }) => ({
      line,
      column,
      severity: 'error',
      message,
    }))
  }
  const shown = problems.filter(({ severity }) => severity !== 'note').slice(0, 200)
  const places = placesInText(
    textOf(history.doc),
    shown.map(({ path }) => path),
  )
  return shown.map((problem, n) => ({
    ...(places[n] ?? { line: 1, column: 1 }),
    ...markOf(problem),
  }))
}

const markOf = ({ severity, message }: Problem) => ({
  severity: severity === 'blocker' ? ('error' as const) : ('warning' as const),
  message,
})
