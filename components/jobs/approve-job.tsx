'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useConfirmed } from '@/components/account/use-confirmed'
import { ApproveDialog } from '@/components/plan/approve-dialog'
import { useTopologies } from '@/components/query/queries'
import { FailureNote } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { client } from '@/lib/api/client'
import type { Confirmation, JobSummary } from '@/lib/api/contract'
import { keys } from '@/lib/api/query-keys'
import type { Plan } from '@/lib/plan/plan'

/**
 * Approves the plan that a waiting job shows, and no other: its hash goes along. It costs what
 * approving it the first time did.
 */
export function ApproveJob({
  job,
  plan,
  disabledReason,
}: {
  job: JobSummary
  plan: Plan
  disabledReason: string | null
}) {
  const queries = useQueryClient()
  const topologies = useTopologies()
  const confirmed = useConfirmed()
  const [asking, setAsking] = useState(false)
  const approve = useMutation({
    mutationFn: (confirmation: Confirmation) =>
      confirmed(() =>
        client.jobAction(job.id, 'approve', { planHash: plan.hash, ...confirmation }),
      ),
    onSuccess: () => setAsking(false),
    onError: () => setAsking(false),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: keys.job(job.id) })
      void queries.invalidateQueries({ queryKey: keys.jobs() })
    },
  })
  const topology = topologies.data?.find(({ id }) => id === job.topologyId)
  return (
    <>
      <Button
        variant={plan.level === 3 ? 'danger' : 'primary'}
        busy={approve.isPending}
        disabledReason={disabledReason}
        onClick={() => (plan.level < 2 ? approve.mutate({}) : setAsking(true))}
      >
        Approve & run
      </Button>
      <ApproveDialog
        open={asking}
        onClose={() => setAsking(false)}
        plan={plan}
        topologyName={topology?.name ?? job.topologyId ?? ''}
        busy={approve.isPending}
        onApprove={(confirmation) => approve.mutate(confirmation)}
      />
      {approve.error && !asking ? (
        <div className="basis-full">
          <FailureNote error={approve.error} />
        </div>
      ) : null}
    </>
  )
}
