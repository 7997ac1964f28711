'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Section } from '@/components/frame/page'
import { FailureNote } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { confirmDone } from '@/components/ui/toast'
import { ApiFailure } from '@/lib/api/client'
import { account } from '@/lib/api/client-account'
import type { MyAccount } from '@/lib/api/contract-account'
import { SHORTEST_PASSWORD } from '@/lib/api/password-length'
import { accountKeys } from './account-keys'
import { PasswordField, passwordHelp } from './password-field'
import { useConfirmed } from './use-confirmed'

/** Changing the password, which signs everybody else out who had the old one. */
export function PasswordSection({ me }: { me: MyAccount }) {
  const [open, setOpen] = useState(false)
  return (
    <Section title="Password">
      <p className="mb-2 max-w-[72ch] text-ink-2">
        {me.hasPassword
          ? 'A new password ends all your other sessions at once. Tokens for programs stay as they are.'
          : 'This account has no password; it comes in by its other ways.'}
      </p>
      {open ? (
        <PasswordForm me={me} onClose={() => setOpen(false)} />
      ) : (
        <Button onClick={() => setOpen(true)}>
          {me.hasPassword ? 'Change password' : 'Set a password'}
        </Button>
      )}
    </Section>
  )
}

function PasswordForm({ me, onClose }: { me: MyAccount; onClose: () => void }) {
  const [password, setPassword] = useState('')
  const queries = useQueryClient()
  const confirmed = useConfirmed()
  const change = useMutation({
    mutationFn: () => confirmed(() => account.changePassword({ password })),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: accountKeys.me() })
      confirmDone('The password is changed; your other sessions are ended.')
      onClose()
    },
  })
  const issue =
    change.error instanceof ApiFailure
      ? change.error.issues.find(({ path }) => path[0] === 'password')?.message
      : undefined
  const short = password.length < SHORTEST_PASSWORD
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!short) change.mutate()
  }
  return (
    <form onSubmit={submit} className="flex max-w-90 flex-col gap-4">
      {/* For password managers, which look for whose password it is. */}
      <input type="text" hidden name="username" autoComplete="username" value={me.name} readOnly />
      <PasswordField
        label="New password"
        autoComplete="new-password"
        autoFocus
        value={password}
        onChange={setPassword}
        error={issue}
        help={passwordHelp(password)}
      />
      {change.error && !issue ? <FailureNote error={change.error} /> : null}
      <div className="flex flex-wrap gap-2">
        <Button
          type="submit"
          variant="primary"
          busy={change.isPending}
          disabledReason={short ? `${SHORTEST_PASSWORD} characters first.` : null}
        >
          Save password
        </Button>
        <Button onClick={onClose}>Keep the old one</Button>
      </div>
    </form>
  )
}
