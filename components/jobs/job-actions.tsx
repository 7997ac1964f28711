'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import Link from 'next/link'
import { useState } from 'react'
import { useConfirmedOnPhone } from '@/components/account/use-confirmed'
import { useWhyNotLevel } from '@/components/plan/use-why-not-level'
import { FailureNote } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { Button, buttonClass } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Field, Input } from '@/components/ui/field'
import { client } from '@/lib/api/client'
import type { JobAction, JobDetail } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'
import { keys } from '@/lib/api/query-keys'
import { whyNot } from '@/lib/jobs/job-can'
import type { JobState } from '@/lib/jobs/journal'
import { ApproveJob } from './approve-job'

/** What can be done with a job now; what cannot is told why or, where it never will be, left out. */
export function JobActions({ detail, state }: { detail: JobDetail; state: JobState }) {
  const { job, plan } = detail
  const queries = useQueryClient()
  const role = useWhyNotLevel(plan?.level ?? 0, job.topologyId)
  // Stopping is allowed to more people, and everywhere.
  const cancelRole = useWhyNotRole(
    'operator',
    job.topologyId ? { topology: job.topologyId } : 'anywhere',
  )
  const confirmed = useConfirmedOnPhone()
  const [skipping, setSkipping] = useState(false)
  const act = useMutation({
    mutationFn: ({ action, reason }: { action: JobAction; reason?: string }) =>
      confirmed(() => client.jobAction(job.id, action, reason === undefined ? {} : { reason })),
    onSuccess: () => {
      setSkipping(false)
      void queries.invalidateQueries({ queryKey: keys.job(job.id) })
      void queries.invalidateQueries({ queryKey: keys.jobs() })
    },
  })
  const can = (action: JobAction) => whyNot(action, state.status) === null
  const button = (action: JobAction, label: string, primary = false) =>
    can(action) ? (
      <Button
        variant={primary ? 'primary' : 'plain'}
        busy={act.isPending && act.variables?.action === action}
        disabledReason={action === 'cancel' ? cancelRole : role}
        onClick={() => act.mutate({ action })}
      >
        {label}
      </Button>
    ) : null
  return (
    <>
      {can('approve') && plan ? <ApproveJob job={job} plan={plan} disabledReason={role} /> : null}
      {button('retry', plan ? 'Retry from the failed step' : 'Retry', true)}
      {can('skip') && plan ? (
        <Button disabledReason={role} onClick={() => setSkipping(true)}>
          Skip failed steps
        </Button>
      ) : null}
      {can('retry') && plan && job.topologyId ? (
        <Link href={pages.plan(job.topologyId, plan.goal)} className={buttonClass()}>
          Replan
        </Link>
      ) : null}
      {state.cancelAsked ? (
        <Button disabledReason="Cancel was asked already; the running steps come to their next safe point.">
          Cancel job
        </Button>
      ) : (
        button('cancel', 'Cancel job')
      )}
      <SkipDialog
        open={skipping}
        busy={act.isPending}
        onClose={() => setSkipping(false)}
        onSkip={(reason) => act.mutate({ action: 'skip', reason })}
      />
      {act.error ? (
        <div className="basis-full">
          <FailureNote error={act.error} />
        </div>
      ) : null}
    </>
  )
}

/** Going on without a step needs a reason: whoever reads the journal later will ask. */
function SkipDialog({
  open,
  busy,
  onClose,
  onSkip,
}: {
  open: boolean
  busy: boolean
  onClose: () => void
  onSkip: (reason: string) => void
}) {
  const [reason, setReason] = useState('')
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Skip the failed steps"
      description="The job goes on as if their outcome held. What needs it may fail later. Your name and reason stand in the journal."
      footer={
        <>
          <Button onClick={onClose}>Keep as it is</Button>
          <Button
            variant="primary"
            busy={busy}
            disabledReason={reason.trim() === '' ? 'Write a reason first.' : null}
            onClick={() => onSkip(reason.trim())}
          >
            Skip failed steps
          </Button>
        </>
      }
    >
      <Field label="Reason">
        {(control) => (
          <Input
            {...control}
            value={reason}
            placeholder="I labelled the node by hand"
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </Field>
    </Dialog>
  )
}
