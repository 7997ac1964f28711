'use client'

import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { ErrorState } from '@/components/ui/states'
import { Time } from '@/components/ui/time'
import { mergeTexts } from '@/lib/topology/merge'
import { type Draft, dropDraft } from '../editor/draft'
import { useEditor, useEditorStore } from '../editor/editor-context'
import { textOf } from '../editor/history'
import { ConflictTable } from './conflict-table'

/** Somebody saved while this page has changes: theirs is shown, and the way to have both. */
export function NewerNotice() {
  const store = useEditorStore()
  const newer = useEditor((editor) => editor.newer)
  const [conflicts, setConflicts] = useState(false)
  if (newer === null) return null
  const { number, author, at, message } = newer.revision
  const merge = () => setConflicts(!store.getState().mergeNewer())
  return (
    <ErrorState
      level="warn"
      className="mb-2"
      message={
        <>
          {author} saved r{number} <Time at={at} />
          {message ? `: "${message}"` : ''}. Your changes are not in it: merge them, or take theirs.
        </>
      }
      action={
        <>
          <Button size="sm" onClick={merge}>
            Merge my changes
          </Button>
          <Button size="sm" onClick={() => store.getState().takeNewer()}>
            Discard mine, take r{number}
          </Button>
          {conflicts ? <Conflicts theirs={newer.text} /> : null}
        </>
      }
    />
  )
}

function Conflicts({ theirs }: { theirs: string }) {
  const history = useEditor((editor) => editor.history)
  const merged = mergeTexts(textOf(history.base), textOf(history.doc), theirs)
  if (merged.ok) return null
  return (
    <div className="w-full">
      <p className="mb-1">
        Both of you changed these. Make yours as theirs (or undo it) and merge again, or discard
        yours.
      </p>
      <ConflictTable conflicts={merged.conflicts} />
    </div>
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
        <>
          {failure.issues.length > 0 ? (
            <ul className="w-full list-disc pl-5">
              {failure.issues.slice(0, 5).map((issue) => (
                <li key={`${issue.path.join('.')}:${issue.message}`}>
                  {issue.line === undefined ? '' : `Line ${issue.line}: `}
                  {issue.message}
                </li>
              ))}
            </ul>
          ) : null}
          {failure.conflict ? <ConflictTable conflicts={failure.conflict.paths} /> : null}
        </>
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
          {draft.revision === revision ? '' : ` r${revision} is newer: they are merged into it.`}{' '}
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
