'use client'

import { type KeyboardEvent, useState } from 'react'
import { Input, TextArea } from '@/components/ui/field'

type Props = {
  /** What is in the document. */
  text: string
  /** Answers what is wrong with it, null if it was taken. */
  onCommit: (text: string) => string | null
  onFault: (message: string | null) => void
  mono?: boolean
  multiline?: boolean
  list?: string
  readOnly?: boolean
  placeholder?: string
  autoFocus?: boolean
  id?: string
  'aria-label'?: string
  'aria-describedby'?: string | undefined
  'aria-invalid'?: true | undefined
  className?: string
}

/**
 * A text that becomes one edit when it is finished: on Enter or when the focus leaves. Esc brings
 * back what the document says. What cannot be taken stays as typed, with its fault.
 */
export function DraftInput({ text, onCommit, onFault, multiline = false, ...rest }: Props) {
  const [draft, setDraft] = useState<string | null>(null)
  const finish = () => {
    if (draft === null) return
    if (draft === text) {
      setDraft(null)
      onFault(null)
      return
    }
    const fault = onCommit(draft)
    onFault(fault)
    if (fault === null) setDraft(null)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !(multiline && !event.ctrlKey)) {
      event.preventDefault()
      finish()
    } else if (event.key === 'Escape' && draft !== null) {
      event.preventDefault()
      event.stopPropagation()
      setDraft(null)
      onFault(null)
    } else if ((event.ctrlKey || event.metaKey) && event.key === 's') {
      finish()
    } else if ((event.ctrlKey || event.metaKey) && event.key === 'z' && draft !== null) {
      // Undo of typing is the browser's while the text is not finished.
      event.stopPropagation()
    }
  }
  const shared = {
    ...rest,
    value: draft ?? text,
    onBlur: finish,
    onKeyDown,
  }
  return multiline ? (
    <TextArea {...shared} onChange={(event) => setDraft(event.target.value)} />
  ) : (
    <Input {...shared} onChange={(event) => setDraft(event.target.value)} />
  )
}
