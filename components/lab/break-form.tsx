'use client'

import { type FormEvent, useState } from 'react'
import { FailureNote } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { Button } from '@/components/ui/button'
import { confirmDone } from '@/components/ui/toast'
import type { LabFaultKind, LabView } from '@/lib/api/contract-lab'
import { FaultFields } from './fault-fields'
import { beginWith, toWish, whyNotSent } from './fault-form'
import { useLabActions } from './use-lab'

/** One failure in words, what one should see, and the button that brings it about. */
export function BreakForm({ kind, lab }: { kind: LabFaultKind; lab: LabView }) {
  const [values, setValues] = useState(() => beginWith(kind))
  const { break: breaking } = useLabActions()
  const mayNot = useWhyNotRole('operator')
  const reason = mayNot ?? whyNotSent(kind, values)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (reason !== null || breaking.isPending) return
    breaking.mutate(toWish(kind, values), {
      onSuccess: () => confirmDone(`${kind.title}: it is so from now on.`),
    })
  }
  return (
    <form
      onSubmit={submit}
      noValidate
      aria-label={kind.title}
      className="flex max-w-180 flex-col gap-4"
    >
      <dl className="grid grid-cols-[max-content_1fr] gap-x-4 gap-y-2">
        {(
          [
            ['What happens', kind.happens],
            ['What to see', kind.shows],
            ['How it ends', kind.ends],
          ] as const
        ).map(([term, text]) => (
          <div key={term} className="contents">
            <dt className="text-ink-3">{term}</dt>
            <dd className="max-w-[72ch]">{text}</dd>
          </div>
        ))}
      </dl>
      <FaultFields kind={kind} lab={lab} values={values} onChange={setValues} />
      {breaking.error ? <FailureNote error={breaking.error} /> : null}
      <div>
        <Button type="submit" variant="primary" busy={breaking.isPending} disabledReason={reason}>
          Break it
        </Button>
      </div>
    </form>
  )
}
