'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { PasswordField } from '@/components/account/password-field'
import { useWhyNoPasskeys } from '@/components/account/web-authn'
import { Door } from '@/components/frame/door'
import { safeNext } from '@/components/frame/safe-next'
import { useSession } from '@/components/query/queries'
import { FailureNote } from '@/components/query/query-view'
import { Button, buttonClass } from '@/components/ui/button'
import { Field, Input } from '@/components/ui/field'
import { account } from '@/lib/api/client-account'
import type { NeedsSecondFactor, SignInAnswer } from '@/lib/api/contract-account'
import { api } from '@/lib/api/paths'
import { keys } from '@/lib/api/query-keys'
import { ProviderProblem } from './provider-problem'
import { SecondFactor } from './second-factor'
import { usePasskeySignIn } from './use-passkey-sign-in'

type Props = { next: string | null; problem: string | null }

/** Name and password, passkey or provider; then the second factor of those who have one. */
export function SignIn({ next, problem }: Props) {
  const [second, setSecond] = useState<NeedsSecondFactor | null>(null)
  const router = useRouter()
  const queries = useQueryClient()
  const session = useSession()
  const onAnswer = (answer: SignInAnswer) => {
    if ('needs' in answer) return setSecond(answer)
    queries.setQueryData(keys.session(), answer)
    router.replace(safeNext(next))
  }
  if (session.data?.needsSetup) return <NeedsSetup />
  if (second) {
    return <SecondFactor asked={second} onAnswer={onAnswer} onBack={() => setSecond(null)} />
  }
  return <FirstFactor next={next} problem={problem} onAnswer={onAnswer} />
}

function FirstFactor({
  next,
  problem,
  onAnswer,
}: Props & { onAnswer: (answer: SignInAnswer) => void }) {
  const ways = useSession().data?.ways
  const passkey = usePasskeySignIn(onAnswer)
  const noPasskeys = useWhyNoPasskeys()
  return (
    <Door title="Sign in">
      <div className="flex flex-col gap-4">
        {problem ? <ProviderProblem code={problem} /> : null}
        {ways?.oidc ? (
          <a
            href={`${api.oidcSignIn()}?next=${encodeURIComponent(safeNext(next))}`}
            className={buttonClass({ variant: ways.passwords ? 'plain' : 'primary' })}
          >
            Sign in with {ways.oidc.name}
          </a>
        ) : null}
        <PasswordForm
          onAnswer={onAnswer}
          note={
            ways?.passwords === false
              ? 'A password is for break-glass accounts alone, when the provider is down.'
              : null
          }
        />
        <Button
          icon={<KeyRound size={16} aria-hidden />}
          disabledReason={noPasskeys}
          busy={passkey.isPending}
          onClick={passkey.start}
        >
          Sign in with a passkey
        </Button>
        {passkey.error ? <FailureNote error={passkey.error} /> : null}
      </div>
    </Door>
  )
}

/** Paste and password managers welcome; the name's list also offers passkeys. */
function PasswordForm({
  onAnswer,
  note,
}: {
  onAnswer: (answer: SignInAnswer) => void
  note: string | null
}) {
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const signIn = useMutation({
    mutationFn: () => account.signIn({ name, password }),
    onSuccess: onAnswer,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    signIn.mutate()
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field label="Name">
        {(control) => (
          <Input
            {...control}
            name="username"
            autoComplete="username webauthn"
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
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
        help={note}
      />
      {signIn.error ? <FailureNote error={signIn.error} /> : null}
      <Button type="submit" variant="primary" busy={signIn.isPending}>
        Sign in
      </Button>
    </form>
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
