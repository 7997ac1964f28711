'use client'

import { type KeyboardEvent, useRef, useState } from 'react'
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
 * back what the document says. What cannot be taken stays as typed, with its fault; so does what was
 * begun before somebody else changed the same, until it is finished once more.
 */
export function DraftInput({ text, onCommit, onFault, multiline = false, ...rest }: Props) {
  const [draft, setDraft] = useState<string | null>(null)
  /** What the document said when the draft was begun, or when the person was told that it changed. */
  const begun = useRef(text)
  const type = (typed: string) => {
    if (draft === null) begun.current = text
    setDraft(typed)
  }
  const finish = () => {
    if (draft === null) return
    if (draft === text) {
      setDraft(null)
      onFault(null)
      return
    }
    if (begun.current !== text) {
      begun.current = text
      onFault(changedMeanwhile(text))
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
    <TextArea {...shared} onChange={(event) => type(event.target.value)} />
  ) : (
    <Input {...shared} onChange={(event) => type(event.target.value)} />
  )
}

const changedMeanwhile = (text: string): string =>
  `This became ${text === '' ? 'empty' : `"${text}"`} while you typed - press Enter to set yours all the same, or Esc to keep it.`
