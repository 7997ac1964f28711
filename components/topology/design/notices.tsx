'use client'

import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { ErrorState } from '@/components/ui/states'
import { Time } from '@/components/ui/time'
import { type Draft, dropDraft } from '../editor/draft'
import { useEditor, useEditorStore } from '../editor/editor-context'
import { ConflictChooser } from './conflict-chooser'

/** A newer revision that cannot come in by itself: why, and what a person has to decide. */
export function NewerNotice() {
  const newer = useEditor((editor) => editor.newer)
  const faulty = useEditor((editor) => editor.faulty !== null)
  if (newer === null || (newer.conflicts.length === 0 && !faulty)) return null
  const { number, author, at, message } = newer.revision
  return (
    <ErrorState
      level="warn"
      className="mb-2"
      message={
        <>
          {author} saved r{number} <Time at={at} />
          {message ? `: "${message}"` : ''}.{' '}
          {faulty
            ? 'Your text does not parse yet, so it is left as you typed it - correct or discard it, then theirs comes in.'
            : `Both of you changed ${newer.conflicts.length === 1 ? 'this' : 'these'} - choose whose value stands, then save.`}
        </>
      }
      action={faulty ? null : <ConflictChooser newer={newer} />}
    />
  )
}

/** Why the last save was refused; stays until the next one succeeds. */
export function FailureNotice() {
  const failure = useEditor((editor) => editor.failure)
  if (failure === null) return null
  return (
    <ErrorState
      className="mb-2"
      code={failure.code}
      message={failure.message}
      action={
        failure.issues.length > 0 ? (
          <ul className="w-full list-disc pl-5">
            {failure.issues.slice(0, 5).map((issue) => (
              <li key={`${issue.path.join('.')}:${issue.message}`}>
                {issue.line === undefined ? '' : `Line ${issue.line}: `}
                {issue.message}
              </li>
            ))}
          </ul>
        ) : null
      }
    />
  )
}

/** What was not saved when the page was last left, offered back once. */
export function DraftNotice({ draft, onDone }: { draft: Draft; onDone: () => void }) {
  const store = useEditorStore()
  const revision = useEditor((editor) => editor.revision.number)
  const [refused, setRefused] = useState<string | null>(null)
  const restore = () => {
    const problem = store.getState().restoreDraft(draft)
    if (problem === null) onDone()
    else setRefused(problem)
  }
  return (
    <ErrorState
      level="warn"
      className="mb-2"
      message={
        <>
          You left changes to r{draft.revision} unsaved <Time at={draft.at} />.
          {draft.revision === revision ? '' : ` r${revision} is newer: they go on top of it.`}{' '}
          {refused}
        </>
      }
      action={
        <>
          <Button size="sm" onClick={restore}>
            Restore them
          </Button>
          <Button
            size="sm"
            onClick={() => {
              dropDraft(localStorage, draft.topologyId)
              onDone()
            }}
          >
            Discard them
          </Button>
        </>
      }
    />
  )
}
