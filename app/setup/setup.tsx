'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { type FormEvent, useEffect, useState, useSyncExternalStore } from 'react'
import { PasswordField, passwordHelp } from '@/components/account/password-field'
import { Door } from '@/components/frame/door'
import { useSession } from '@/components/query/queries'
import { FailureNote } from '@/components/query/query-view'
import { Button, buttonClass } from '@/components/ui/button'
import { Field, Input } from '@/components/ui/field'
import { ErrorState } from '@/components/ui/states'
import { ApiFailure, client } from '@/lib/api/client'
import { SHORTEST_PASSWORD } from '@/lib/api/password-length'
import { pages } from '@/lib/api/paths'
import { keys } from '@/lib/api/query-keys'
import { setupTokenIn } from '@/lib/api/setup-link'

/** The last one seen: out of a query it is taken, and the address no longer has it. */
let seen = ''
const tokenHere = () => {
  seen = setupTokenIn(location.href) || seen
  return seen
}
const onPasted = (changed: () => void) => {
  addEventListener('hashchange', changed)
  return () => removeEventListener('hashchange', changed)
}

/**
 * The first account, which may do everything. The token came from the console, behind the link's `#`;
 * in an older link it is in the query, and is taken out of the address and the history at once.
 */
export function Setup() {
  const session = useSession()
  const token = useSyncExternalStore(onPasted, tokenHere, () => null)
  useEffect(() => {
    if (location.search !== '') history.replaceState(history.state, '', location.pathname)
  }, [])
  if (session.data && !session.data.needsSetup)
    return (
      <Door title="The first account exists" sentence="This link was used. Sign in instead.">
        <Link href={pages.signIn()} className={buttonClass({ variant: 'primary' })}>
          Sign in
        </Link>
      </Door>
    )
  return (
    <Door title="Make the first account" sentence="It may do everything on this panel.">
      {token === null ? null : token === '' ? (
        <ErrorState
          level="warn"
          message="The link is not whole - it ends in # and a token - copy all of it from the panel's output again."
          code="setup.no-token"
        />
      ) : (
        <SetupForm token={token} />
      )}
    </Door>
  )
}

function SetupForm({ token }: { token: string }) {
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const router = useRouter()
  const queries = useQueryClient()
  const setup = useMutation({
    mutationFn: () => client.setup({ token, name, password }),
    onSuccess: (answer) => {
      queries.setQueryData(keys.session(), answer)
      router.replace(pages.welcome())
    },
  })
  const issue = (field: string) =>
    setup.error instanceof ApiFailure
      ? setup.error.issues.find((each) => each.path[0] === field)?.message
      : undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (password.length >= SHORTEST_PASSWORD) setup.mutate()
  }
  const left = SHORTEST_PASSWORD - password.length
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field label="Name" error={issue('name')} help="What you sign in with.">
        {(control) => (
          <Input
            {...control}
            name="username"
            autoComplete="username"
            autoCapitalize="none"
            required
            autoFocus
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <PasswordField
        label="Password"
        autoComplete="new-password"
        value={password}
        onChange={setPassword}
        error={issue('password')}
        help={passwordHelp(password)}
      />
      {setup.error ? <FailureNote error={setup.error} /> : null}
      <Button
        type="submit"
        variant="primary"
        busy={setup.isPending}
        disabledReason={
          name === '' || left > 0
            ? `A name and ${SHORTEST_PASSWORD} characters of password first.`
            : null
        }
      >
        Make account
      </Button>
    </form>
  )
}
