'use client'

import { useMutation } from '@tanstack/react-query'
import Link from 'next/link'
import { useConfirmedOnPhone } from '@/components/account/use-confirmed'
import { FailureNote } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { Button, buttonClass } from '@/components/ui/button'
import { StaleBadge } from '@/components/ui/stale-badge'
import { ErrorState } from '@/components/ui/states'
import { client } from '@/lib/api/client'
import { pages } from '@/lib/api/paths'
import type { Refused } from '@/lib/plan/plan'

/** Has the hosts looked at again; the answer comes as a live message. */
export function LookAgain({ topologyId }: { topologyId: string }) {
  const confirmed = useConfirmedOnPhone()
  const look = useMutation({
    mutationFn: () => confirmed(() => client.errand(topologyId, { kind: 'refresh' })),
  })
  const role = useWhyNotRole('operator', { topology: topologyId })
  return (
    <>
      <Button busy={look.isPending} disabledReason={role} onClick={() => look.mutate()}>
        Look again
      </Button>
      {look.error ? <FailureNote error={look.error} /> : null}
    </>
  )
}

/** Why there is no plan: every reason at once, each with what to do. */
export function Refusals({
  topologyId,
  refusals,
  observedAt,
}: {
  topologyId: string
  refusals: readonly Refused[]
  observedAt: number | null
}) {
  const blocked = refusals.some((refusal) => refusal.problem)
  return (
    <div className="flex flex-col gap-2">
      {refusals.map((refusal) => (
        <ErrorState
          key={`${refusal.code} ${refusal.object.join('/')} ${refusal.message}`}
          level={refusal.code.includes('unknown') ? 'unknown' : 'warn'}
          message={refusal.message}
          code={refusal.code}
          quote={refusal.commands?.join('\n') ?? null}
        />
      ))}
      <div className="mt-2 flex flex-wrap items-center gap-2">
        {blocked ? (
          <>
            <Link href={pages.design(topologyId)} className={buttonClass({ variant: 'primary' })}>
              Open the drawing
            </Link>
            <Link href={pages.fit(topologyId)} className={buttonClass()}>
              Fit it to the machines
            </Link>
          </>
        ) : null}
        <LookAgain topologyId={topologyId} />
        <StaleBadge at={observedAt} />
      </div>
    </div>
  )
}
