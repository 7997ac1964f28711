'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useConfirmed } from '@/components/account/use-confirmed'
import { FailureNote } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { Field, Input } from '@/components/ui/field'
import { ErrorState } from '@/components/ui/states'
import { Time } from '@/components/ui/time'
import { secretKeys, secretsClient } from '@/lib/api/client-secrets'
import type { RecoveryKitAnswer } from '@/lib/api/contract-secrets'
import { whyWeak } from '@/lib/base/passphrase'
import { KitSheet } from './kit-sheet'

/** The way back to all secrets when this machine is lost, and a reminder until there is one. */
export function KitSection({ madeAt }: { madeAt: number | null }) {
  const [asking, setAsking] = useState(false)
  const [kit, setKit] = useState<RecoveryKitAnswer | null>(null)
  const start = (
    <Button variant={madeAt === null ? 'primary' : 'plain'} onClick={() => setAsking(true)}>
      Make a recovery kit
    </Button>
  )
  if (kit) return <KitSheet kit={kit} onClose={() => setKit(null)} />
  if (asking) {
    return (
      <KitForm
        onMade={(made) => {
          setAsking(false)
          setKit(made)
        }}
        onClose={() => setAsking(false)}
      />
    )
  }
  if (madeAt === null) {
    return (
      <ErrorState
        level="warn"
        className="mb-4"
        message="There is no recovery kit - if this machine or its disk is lost, a backup of the database alone opens no secret - make one and keep it on paper, away from the machine."
        action={start}
      />
    )
  }
  return (
    <div className="mb-4 flex flex-wrap items-center gap-3">
      {start}
      <span className="text-ink-2">
        The last one was made <Time at={madeAt} />.
      </span>
    </div>
  )
}

function KitForm({
  onMade,
  onClose,
}: {
  onMade: (kit: RecoveryKitAnswer) => void
  onClose: () => void
}) {
  const queries = useQueryClient()
  const confirmed = useConfirmed()
  const [passphrase, setPassphrase] = useState('')
  const [again, setAgain] = useState('')
  const [tried, setTried] = useState(false)
  const weak = whyWeak(passphrase)
  const differs = again === passphrase ? null : 'The two are not the same; type it again.'
  const make = useMutation({
    mutationFn: () => confirmed(() => secretsClient.makeKit({ passphrase })),
    onSuccess: (made) => {
      void queries.invalidateQueries({ queryKey: secretKeys.all() })
      onMade(made)
    },
    gcTime: 0,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (weak === null && differs === null) make.mutate()
  }
  return (
    <form
      onSubmit={submit}
      noValidate
      aria-label="Recovery kit"
      className="mb-4 flex max-w-[72ch] flex-col gap-3 rounded-md border border-line bg-surface-1 p-4"
    >
      <h2 className="text-name">Make a recovery kit</h2>
      <p className="text-ink-2 text-prose">
        The key that opens every secret, sealed to a passphrase, as one page to print. Keep the page
        and the passphrase in two places: whoever has both, and a backup, has everything.
      </p>
      <Field
        label="Passphrase"
        help="Six words or 16 characters. The panel does not keep it."
        error={tried ? weak : null}
      >
        {(control) => (
          <Input
            {...control}
            type="password"
            autoComplete="new-password"
            value={passphrase}
            onChange={(event) => setPassphrase(event.target.value)}
          />
        )}
      </Field>
      <Field label="The same passphrase again" error={tried ? differs : null}>
        {(control) => (
          <Input
            {...control}
            type="password"
            autoComplete="new-password"
            value={again}
            onChange={(event) => setAgain(event.target.value)}
          />
        )}
      </Field>
      {make.error ? <FailureNote error={make.error} /> : null}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" busy={make.isPending}>
          Make the kit
        </Button>
        <Button onClick={onClose}>Not now</Button>
      </div>
    </form>
  )
}
