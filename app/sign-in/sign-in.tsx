'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { Door } from '@/components/frame/door'
import { safeNext } from '@/components/frame/safe-next'
import { useSession } from '@/components/query/queries'
import { FailureNote } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { Field, Input } from '@/components/ui/field'
import { client } from '@/lib/api/client'
import { keys } from '@/lib/api/query-keys'

/** Name and password; paste and password managers welcome. */
export function SignIn({ next }: { next: string | null }) {
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const router = useRouter()
  const queries = useQueryClient()
  const session = useSession()
  const signIn = useMutation({
    mutationFn: () => client.signIn({ name, password }),
    onSuccess: (answer) => {
      queries.setQueryData(keys.session(), answer)
      router.replace(safeNext(next))
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    signIn.mutate()
  }
  if (session.data?.needsSetup) return <NeedsSetup />
  return (
    <Door title="Sign in">
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="Name">
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
        <Field label="Password">
          {(control) => (
            <Input
              {...control}
              type="password"
              name="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        {signIn.error ? <FailureNote error={signIn.error} /> : null}
        <Button type="submit" variant="primary" busy={signIn.isPending}>
          Sign in
        </Button>
      </form>
    </Door>
  )
}

const NeedsSetup = () => (
  <Door
    title="No account yet"
    sentence={
      <>
        The panel prints a one-time link when it starts. Open that link to make the first account.
        It stands in the output of <code className="font-mono">npm start</code>; a restart prints a
        new one.
      </>
    }
  >
    {null}
  </Door>
)
