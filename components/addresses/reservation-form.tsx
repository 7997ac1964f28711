'use client'

import { type FormEvent, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Field, Input } from '@/components/ui/field'
import { type ReservationWords, whyNotMac } from './reservation-changes'

/** Whose an address is, until when, and with which MAC. */
export function ReservationForm({
  start,
  verb,
  fixedName = false,
  busy,
  disabledReason,
  onSubmit,
}: {
  start: ReservationWords
  verb: string
  /** An id is kept for life: only a new reservation is named. */
  fixedName?: boolean
  busy: boolean
  disabledReason: string | null
  onSubmit: (words: ReservationWords) => void
}) {
  const [words, setWords] = useState(start)
  const set = (part: Partial<ReservationWords>) => setWords({ ...words, ...part })
  const macFault = whyNotMac(words.mac)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (disabledReason === null && macFault === null) onSubmit(words)
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      {fixedName ? null : (
        <Field label="Name" help="Short, such as printer; its address if left empty.">
          {(control) => (
            <Input
              {...control}
              maxLength={50}
              value={words.name}
              onChange={(event) => set({ name: event.target.value })}
            />
          )}
        </Field>
      )}
      <Field label="Owner" help="Who holds it, in words.">
        {(control) => (
          <Input
            {...control}
            maxLength={200}
            value={words.owner}
            onChange={(event) => set({ owner: event.target.value })}
          />
        )}
      </Field>
      <Field label="Until" help="Kept to the end of this day (UTC); for good if empty.">
        {(control) => (
          <Input
            {...control}
            type="date"
            value={words.until}
            onChange={(event) => set({ until: event.target.value })}
          />
        )}
      </Field>
      <Field
        label="MAC"
        help="Where it is known: somebody else at this address is then told of."
        error={macFault ?? undefined}
      >
        {(control) => (
          <Input
            {...control}
            mono
            value={words.mac}
            onChange={(event) => set({ mac: event.target.value })}
          />
        )}
      </Field>
      <div>
        <Button type="submit" variant="primary" busy={busy} disabledReason={disabledReason}>
          {verb}
        </Button>
      </div>
    </form>
  )
}
