'use client'

import { useMutation } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { useConfirmed } from '@/components/account/use-confirmed'
import { FailureNote } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { ApiFailure, client } from '@/lib/api/client'
import type { Confirmation } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'
import type { Plan } from '@/lib/plan/plan'
import { ApproveDialog, VERB } from './approve-dialog'
import { nameToType } from './plan-view'
import { useWhyNotLevel } from './use-why-not-level'

/** The button's words: levels 0 and 1 name the object themselves, as no dialog will. */
export function approveLabel(plan: Plan, topologyName: string): string {
  const { goal } = plan
  const name = nameToType(plan, topologyName)
  return goal.kind === 'start' || goal.kind === 'stop' || goal.kind === 'restart'
    ? `${VERB[goal.kind]} ${name}`
    : VERB[goal.kind]
}

/**
 * Approves exactly the plan that is shown. Levels 0 and 1: one press. Level 2: a dialog with
 * objects, minutes and the way back. Level 3: the name typed as well, at a desk only.
 */
export function Approve({
  topologyId,
  topologyName,
  plan,
  headRevision,
  onStale,
}: {
  topologyId: string
  topologyName: string
  plan: Plan
  headRevision: number
  /** The plan is another by now: show the difference and ask again. */
  onStale: (refused: Plan) => void
}) {
  const router = useRouter()
  const confirmed = useConfirmed()
  const [asking, setAsking] = useState(false)
  const start = useMutation({
    mutationFn: (confirmation: Confirmation) =>
      confirmed(() =>
        client.startJob(topologyId, {
          goal: plan.goal,
          revision: plan.revision,
          planHash: plan.hash,
          ...confirmation,
        }),
      ),
    onSuccess: ({ jobId }) => router.push(pages.job(jobId)),
    onError: (error) => {
      setAsking(false)
      if (error instanceof ApiFailure && error.code === 'plan.stale') onStale(plan)
    },
  })
  const why = useWhyNotApprove(plan, topologyId, headRevision)
  const danger = plan.level === 3
  const stale = start.error instanceof ApiFailure && start.error.code === 'plan.stale'
  return (
    <>
      <Button
        variant={danger ? 'danger' : 'primary'}
        busy={start.isPending}
        disabledReason={why}
        onClick={() => (plan.level < 2 ? start.mutate({}) : setAsking(true))}
      >
        {approveLabel(plan, topologyName)}
      </Button>
      <ApproveDialog
        open={asking}
        onClose={() => setAsking(false)}
        plan={plan}
        topologyName={topologyName}
        busy={start.isPending}
        onApprove={(confirmation) => start.mutate(confirmation)}
      />
      {start.error && !stale && !asking ? (
        <div className="basis-full">
          <FailureNote error={start.error} />
        </div>
      ) : null}
    </>
  )
}

function useWhyNotApprove(plan: Plan, topologyId: string, headRevision: number): string | null {
  const why = useWhyNotLevel(plan.level, topologyId)
  if (plan.steps.length === 0) return 'There is nothing to do.'
  if (plan.revision !== headRevision)
    return `This plan is of r${plan.revision}; r${headRevision} is newer.`
  return why
}
