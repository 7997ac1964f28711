'use client'

import { useId, useMemo } from 'react'
import { DiffView } from '@/components/plan/diff-view'
import { Button } from '@/components/ui/button'
import { count } from '@/components/ui/format'
import { confirmDone } from '@/components/ui/toast'
import { modernise } from '@/lib/topology/modernise'
import { useEditor, useEditorStore } from '../editor/editor-context'
import { whyNotEdit } from '../editor/editor-store'
import { textOf } from '../editor/history'

/**
 * Every fix that changes nobody's identity, as one difference of the document's text; one press
 * makes it, one undo takes it back.
 */
export function Modernise({ onClose }: { onClose: () => void }) {
  const store = useEditorStore()
  const doc = useEditor((editor) => editor.history.doc)
  const reason = useEditor(whyNotEdit)
  const headingId = useId()
  const { changes, taken, left, text } = useMemo(
    () =>
      modernise(doc.topology, {
        text: textOf(doc),
        today: new Date().toISOString().slice(0, 10),
      }),
    [doc],
  )
  const label = `Make ${count(taken.length, 'edit')}`
  const make = () => {
    store.getState().commit(`Modernise: ${count(taken.length, 'edit')}`, changes)
    confirmDone(`${count(taken.length, 'edit')} made, not saved yet`, {
      run: () => store.getState().undo(),
    })
    onClose()
  }
  return (
    <section
      aria-labelledby={headingId}
      // A region that scrolls must be reachable by keyboard.
      // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
      tabIndex={0}
      className="flex h-full flex-col gap-3 overflow-y-auto text-caption"
    >
      <h3 id={headingId} className="font-medium text-body">
        Modernise
      </h3>
      {changes.length === 0 ? (
        <p className="text-ink-2">
          Nothing is left to do that leaves names, addresses and machines as they are.
        </p>
      ) : (
        <>
          <p className="text-ink-2">
            {count(taken.length, 'edit')}, made as one and taken back as one. Nothing is deployed by
            it; a cluster that runs goes from version to version as its plan says.
          </p>
          <ol className="list-decimal pl-5">
            {taken.map((each) => (
              <li key={`${each.code}/${each.path.join('/')}`} className="py-0.5">
                {each.label} <span className="font-mono text-ink-3">{each.path.join('.')}</span>
              </li>
            ))}
          </ol>
          <DiffView before={text.before} after={text.after} />
        </>
      )}
      {left.length > 0 ? (
        <p className="text-ink-3">
          {count(left.length, 'fix', 'fixes')} left to you, because{' '}
          {left.length === 1 ? 'it changes' : 'they change'} what something is or where, or{' '}
          {left.length === 1 ? 'needs' : 'need'} a secret's value first.
        </p>
      ) : null}
      <div className="sticky bottom-0 flex gap-2 bg-surface-1 py-2">
        <Button onClick={onClose}>Back to the list</Button>
        {changes.length > 0 ? (
          <Button variant="primary" disabledReason={reason} onClick={make}>
            {label}
          </Button>
        ) : null}
      </div>
    </section>
  )
}
