'use client'

import { type RefObject, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/field'
import { count } from '@/components/ui/format'
import { Time } from '@/components/ui/time'
import { useEditor } from '../editor/editor-context'
import { whyNotEdit, whyNotSave } from '../editor/editor-store'

/** "r42 saved - 3 changes not saved", a message, and Save. */
export function SaveBar({
  messageRef,
  onSave,
  disabledReason,
}: {
  messageRef: RefObject<HTMLInputElement | null>
  onSave: (message: string) => Promise<boolean>
  /** Why this person may not save at all. */
  disabledReason: string | null
}) {
  const [message, setMessage] = useState('')
  const saving = useEditor((editor) => editor.saving)
  const unsaved = useEditor((editor) => editor.unsaved)
  const fault = useEditor(whyNotEdit)
  const conflict = useEditor(whyNotSave)
  const reason =
    disabledReason ?? fault ?? conflict ?? (unsaved === 0 ? 'Nothing has changed.' : null)
  return (
    <form
      className="flex flex-wrap items-center gap-2 max-sm:hidden"
      onSubmit={(event) => {
        event.preventDefault()
        if (reason !== null) return
        void onSave(message).then((saved) => {
          if (saved) setMessage('')
        })
      }}
    >
      <Input
        ref={messageRef}
        aria-label="Message of the revision"
        placeholder="What changed, and why (optional)"
        className="w-64"
        maxLength={500}
        value={message}
        onChange={(event) => setMessage(event.target.value)}
      />
      <Button type="submit" variant="primary" busy={saving} disabledReason={saving ? null : reason}>
        Save revision
      </Button>
    </form>
  )
}

/** The state of the document against what is saved, in words. */
export function SaveState() {
  const revision = useEditor((editor) => editor.revision)
  const unsaved = useEditor((editor) => editor.unsaved)
  const blockers = useEditor(
    (editor) => editor.problems.filter(({ severity }) => severity === 'blocker').length,
  )
  const faulty = useEditor((editor) => editor.faulty !== null)
  return (
    <>
      r{revision.number} saved <Time at={revision.at} /> by {revision.author} ·{' '}
      {faulty
        ? 'the text does not parse'
        : unsaved === 0
          ? 'nothing to save'
          : `${count(unsaved, 'change')} not saved`}
      {blockers > 0 ? ` · ${count(blockers, 'blocker')}: it can be saved, not planned` : ''}
    </>
  )
}
