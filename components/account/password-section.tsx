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
  const [current, setCurrent] = useState('')
  const [password, setPassword] = useState('')
  const queries = useQueryClient()
  const confirmed = useConfirmed()
  const change = useMutation({
    mutationFn: () =>
      confirmed(() => account.changePassword({ password, ...(me.hasPassword ? { current } : {}) })),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: accountKeys.me() })
      confirmDone('The password is changed; your other sessions are ended.')
      onClose()
    },
  })
  const issueAt = (field: string) =>
    change.error instanceof ApiFailure
      ? change.error.issues.find(({ path }) => path[0] === field)?.message
      : undefined
  const [wrong, issue] = [issueAt('current'), issueAt('password')]
  const reason =
    me.hasPassword && current === ''
      ? 'The current password first.'
      : password.length < SHORTEST_PASSWORD
        ? `${SHORTEST_PASSWORD} characters first.`
        : null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (reason === null) change.mutate()
  }
  return (
    <form onSubmit={submit} className="flex max-w-90 flex-col gap-4">
      {/* For password managers, which look for whose password it is. */}
      <input type="text" hidden name="username" autoComplete="username" value={me.name} readOnly />
      {me.hasPassword ? (
        <PasswordField
          label="Current password"
          autoComplete="current-password"
          autoFocus
          value={current}
          onChange={setCurrent}
          error={wrong}
        />
      ) : null}
      <PasswordField
        label="New password"
        autoComplete="new-password"
        autoFocus={!me.hasPassword}
        value={password}
        onChange={setPassword}
        error={issue}
        help={passwordHelp(password)}
      />
      {change.error && !issue && !wrong ? <FailureNote error={change.error} /> : null}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" busy={change.isPending} disabledReason={reason}>
          Save password
        </Button>
        <Button onClick={onClose}>Keep the old one</Button>
      </div>
    </form>
  )
}
