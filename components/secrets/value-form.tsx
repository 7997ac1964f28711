'use client'

import { type FormEvent, type ReactNode, useState } from 'react'
import { FailureNote } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { Field, Input, TextArea } from '@/components/ui/field'

/**
 * Types in a value that is never shown again: one line hidden as a password is, or several lines for a
 * key file. What was typed stays until the caller says that it is stored.
 */
export function ValueForm({
  label,
  verb,
  help,
  busy,
  error,
  disabledReason = null,
  onSubmit,
  children,
}: {
  label: string
  verb: string
  help?: ReactNode
  busy: boolean
  error: Error | null
  disabledReason?: string | null
  onSubmit: (value: string, done: () => void) => void
  /** Beside the button that stores it. */
  children?: ReactNode
}) {
  const [value, setValue] = useState('')
  const [lines, setLines] = useState(false)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (value !== '') onSubmit(value, () => setValue(''))
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-2">
      <Field
        label={label}
        help={help}
        aside={
          <button
            type="button"
            className="min-h-6 text-work hover:underline"
            onClick={() => setLines(!lines)}
          >
            {lines ? 'One line' : 'Several lines'}
          </button>
        }
      >
        {(control) =>
          lines ? (
            <TextArea
              {...control}
              mono
              autoComplete="off"
              value={value}
              onChange={(event) => setValue(event.target.value)}
            />
          ) : (
            <Input
              {...control}
              mono
              type="password"
              autoComplete="new-password"
              value={value}
              onChange={(event) => setValue(event.target.value)}
            />
          )
        }
      </Field>
      {error ? <FailureNote error={error} /> : null}
      <div className="flex flex-wrap gap-2">
        <Button
          type="submit"
          busy={busy}
          disabledReason={disabledReason ?? (value === '' ? 'Type the value first.' : null)}
        >
          {verb}
        </Button>
        {children}
      </div>
    </form>
  )
}
