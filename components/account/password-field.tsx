'use client'

import { type ReactNode, useState } from 'react'
import { Field, Input } from '@/components/ui/field'
import { SHORTEST_PASSWORD } from '@/lib/api/password-length'

/** What helps while a new password is typed. */
export function passwordHelp(password: string): string {
  const left = SHORTEST_PASSWORD - password.length
  return password.length > 0 && left > 0
    ? `${left} more characters.`
    : `At least ${SHORTEST_PASSWORD} characters. A sentence is easier to keep than a code.`
}

/** A password that can be pasted and looked at. */
export function PasswordField({
  label,
  autoComplete,
  value,
  onChange,
  help,
  error,
  autoFocus = false,
}: {
  label: string
  autoComplete: 'current-password' | 'new-password'
  value: string
  onChange: (value: string) => void
  help?: ReactNode
  error?: ReactNode
  autoFocus?: boolean
}) {
  const [shown, setShown] = useState(false)
  return (
    <Field label={label} help={help} error={error}>
      {(control) => (
        <div className="relative">
          <Input
            {...control}
            type={shown ? 'text' : 'password'}
            name="password"
            autoComplete={autoComplete}
            autoCapitalize="none"
            required
            autoFocus={autoFocus}
            value={value}
            onChange={(event) => onChange(event.target.value)}
            className="pr-16"
          />
          <button
            type="button"
            // After the field, so that Tab leads from the name to the password.
            className="absolute inset-y-0 right-0 rounded-sm px-3 text-caption text-work hover:underline"
            aria-label={`${shown ? 'Hide' : 'Show'} ${label.toLowerCase()}`}
            onClick={() => setShown(!shown)}
          >
            {shown ? 'Hide' : 'Show'}
          </button>
        </div>
      )}
    </Field>
  )
}
