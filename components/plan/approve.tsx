'use client'

import { useMutation } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { FailureNote } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Field, Input } from '@/components/ui/field'
import { formatEstimate } from '@/components/ui/format'
import { PlanSign } from '@/components/ui/plan-sign'
import { useNarrow } from '@/components/ui/use-narrow'
import { ApiFailure, client } from '@/lib/api/client'
import { pages } from '@/lib/api/paths'
import type { Plan } from '@/lib/plan/plan'
import { Counts } from './counts'
import { diskChoices, nameToType, signOf } from './plan-view'

const VERB = {
  deploy: 'Approve & deploy',
  rebuild: 'Approve & rebuild',
  start: 'Start',
  stop: 'Stop',
  restart: 'Restart',
  destroy: 'Approve & destroy',
} as const

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
  const [asking, setAsking] = useState(false)
  const start = useMutation({
    mutationFn: (typedName?: string) =>
      client.startJob(topologyId, {
        goal: plan.goal,
        revision: plan.revision,
        planHash: plan.hash,
        ...(typedName === undefined ? {} : { typedName }),
      }),
    onSuccess: ({ jobId }) => router.push(pages.job(jobId)),
    onError: (error) => {
      setAsking(false)
      if (error instanceof ApiFailure && error.code === 'plan.stale') onStale(plan)
    },
  })
  const why = useWhyNotApprove(plan, headRevision)
  const danger = plan.level === 3
  const stale = start.error instanceof ApiFailure && start.error.code === 'plan.stale'
  return (
    <>
      <Button
        variant={danger ? 'danger' : 'primary'}
        busy={start.isPending}
        disabledReason={why}
        onClick={() => (plan.level < 2 ? start.mutate(undefined) : setAsking(true))}
      >
        {approveLabel(plan, topologyName)}
      </Button>
      <ApproveDialog
        open={asking}
        onClose={() => setAsking(false)}
        plan={plan}
        topologyName={topologyName}
        busy={start.isPending}
        onApprove={(typedName) => start.mutate(typedName)}
      />
      {start.error && !stale ? (
        <div className="basis-full">
          <FailureNote error={start.error} />
        </div>
      ) : null}
    </>
  )
}

function useWhyNotApprove(plan: Plan, headRevision: number): string | null {
  const role = useWhyNotRole(plan.level === 3 ? 'admin' : 'operator')
  const phone = useNarrow()
  if (plan.steps.length === 0) return 'There is nothing to do.'
  if (plan.revision !== headRevision)
    return `This plan is of r${plan.revision}; r${headRevision} is newer.`
  if (phone && plan.counts.destroy > 0)
    return 'What destroys is approved at a desk: open this page on a wider screen.'
  return role
}

function ApproveDialog({
  open,
  onClose,
  plan,
  topologyName,
  busy,
  onApprove,
}: {
  open: boolean
  onClose: () => void
  plan: Plan
  topologyName: string
  busy: boolean
  onApprove: (typedName?: string) => void
}) {
  const [typed, setTyped] = useState('')
  const name = nameToType(plan, topologyName)
  const mustType = plan.level === 3
  const lostDisks = diskChoices(plan.steps).filter((disk) => disk.ticked)
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={`${VERB[plan.goal.kind]} ${name}`}
      description={`It takes ${formatEstimate(plan.etaS * 1000)}. ${plan.wayBack}`}
      footer={
        <>
          <Button onClick={onClose}>Keep as it is</Button>
          <Button
            variant={mustType ? 'danger' : 'primary'}
            busy={busy}
            disabledReason={mustType && typed !== name ? `Type ${name} first.` : null}
            onClick={() => onApprove(mustType ? typed : undefined)}
          >
            {VERB[plan.goal.kind]}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Counts counts={plan.counts} />
        <ul className="max-h-60 overflow-y-auto">
          {plan.changes.map((change) => (
            <li key={change.object.join('/')} className="flex gap-2">
              <PlanSign sign={signOf(change.effect)} />
              <span>{change.name}</span>
            </li>
          ))}
        </ul>
        {plan.losses.length > 0 ? (
          <ul className="rounded-md border border-fail bg-fail/12 px-3 py-2">
            {plan.losses.map((loss) => (
              <li key={loss}>{loss}</li>
            ))}
          </ul>
        ) : null}
        {lostDisks.length > 0 ? (
          <p>
            Ticked for deletion:{' '}
            <span className="font-mono">
              {lostDisks.map((disk) => `${disk.serial} of ${disk.vm}`).join(', ')}
            </span>
          </p>
        ) : null}
        {mustType ? (
          <Field label={`Type ${name} to go on`}>
            {(control) => (
              <Input
                {...control}
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
                autoCapitalize="none"
              />
            )}
          </Field>
        ) : null}
      </div>
    </Dialog>
  )
}
