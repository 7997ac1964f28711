'use client'

import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Door } from '@/components/frame/door'
import { FailureNote } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { Field, Input } from '@/components/ui/field'
import { account } from '@/lib/api/client-account'
import type { NeedsSecondFactor, SecondWay, SignInAnswer } from '@/lib/api/contract-account'

/** The code of the authenticator, or a recovery code in its place. */
export function SecondFactor({
  asked,
  onAnswer,
  onBack,
}: {
  asked: NeedsSecondFactor
  onAnswer: (answer: SignInAnswer) => void
  onBack: () => void
}) {
  const [way, setWay] = useState<SecondWay>('code')
  const [code, setCode] = useState('')
  const prove = useMutation({
    mutationFn: () => account.secondFactor({ ticket: asked.ticket, code }),
    onSuccess: onAnswer,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    prove.mutate()
  }
  const change = (to: SecondWay) => {
    setWay(to)
    setCode('')
    prove.reset()
  }
  return (
    <Door title="Second factor" sentence={SENTENCE[way]}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <CodeField key={way} way={way} value={code} onChange={setCode} />
        {prove.error ? <FailureNote error={prove.error} /> : null}
        <Button type="submit" variant="primary" busy={prove.isPending}>
          Sign in
        </Button>
        <div className="flex flex-wrap gap-2">
          {way === 'code' && asked.ways.includes('recovery-code') ? (
            <Button variant="quiet" onClick={() => change('recovery-code')}>
              Use a recovery code
            </Button>
          ) : null}
          {way === 'recovery-code' ? (
            <Button variant="quiet" onClick={() => change('code')}>
              Use the authenticator
            </Button>
          ) : null}
          <Button variant="quiet" onClick={onBack}>
            Start again
          </Button>
        </div>
      </form>
    </Door>
  )
}

const SENTENCE = {
  code: 'The six digits that your authenticator shows now.',
  'recovery-code': 'One of the ten codes that you kept; it works once.',
} as const

function CodeField({
  way,
  value,
  onChange,
}: {
  way: SecondWay
  value: string
  onChange: (value: string) => void
}) {
  return (
    <Field label={way === 'code' ? 'One-time code' : 'Recovery code'}>
      {(control) => (
        <Input
          {...control}
          mono
          name="code"
          inputMode={way === 'code' ? 'numeric' : 'text'}
          autoComplete={way === 'code' ? 'one-time-code' : 'off'}
          autoCapitalize="none"
          required
          autoFocus
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}
