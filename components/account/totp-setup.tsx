'use client'

import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { FailureNote } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { CodeLine } from '@/components/ui/copy'
import { Field, Input } from '@/components/ui/field'
import { QrCode } from '@/components/ui/qr-code'
import { account } from '@/lib/api/client-account'
import type { TotpOffer } from '@/lib/api/contract-account'
import { useConfirmed } from './use-confirmed'

/** The secret, to scan or to type, and the code that proves it arrived. */
export function TotpSetup({
  offer,
  onProved,
  onClose,
}: {
  offer: TotpOffer
  onProved: (codes: string[]) => void
  onClose: () => void
}) {
  const [code, setCode] = useState('')
  const confirmed = useConfirmed()
  const prove = useMutation({
    mutationFn: () => confirmed(() => account.proveTotp({ ticket: offer.ticket, code })),
    onSuccess: ({ codes }) => onProved(codes),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    prove.mutate()
  }
  return (
    <form
      onSubmit={submit}
      aria-label="Set up one-time codes"
      className="flex w-full flex-wrap items-start gap-6 rounded-md border border-line bg-surface-1 p-4"
    >
      <QrCode text={offer.uri} label="The secret for your authenticator as a QR code" />
      <div className="flex min-w-0 flex-1 basis-70 flex-col gap-4">
        <div>
          <p className="mb-1 max-w-[72ch] text-ink-2">
            Scan the code with an authenticator, or type this secret into it (by time, six digits,
            30 s).
          </p>
          <CodeLine
            text={offer.secret.match(/.{1,4}/g)?.join(' ') ?? offer.secret}
            label="Copy secret"
          />
        </div>
        <Field label="One-time code" help="The six digits that it shows now.">
          {(control) => (
            <Input
              {...control}
              mono
              inputMode="numeric"
              autoComplete="one-time-code"
              required
              value={code}
              onChange={(event) => setCode(event.target.value)}
            />
          )}
        </Field>
        {prove.error ? <FailureNote error={prove.error} /> : null}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" variant="primary" busy={prove.isPending}>
            Turn on one-time codes
          </Button>
          <Button onClick={onClose}>Not now</Button>
        </div>
      </div>
    </form>
  )
}
