'use client'

import { formatDuration, formatEstimate } from '@/components/ui/format'
import { useNow } from '@/components/ui/now'
import { StateMark } from '@/components/ui/state-mark'
import { Time } from '@/components/ui/time'
import type { JobSummary } from '@/lib/api/contract'
import { countDone } from '@/lib/jobs/fold'
import type { JobState } from '@/lib/jobs/journal'
import type { Plan } from '@/lib/plan/plan'
import { stepTitle } from '@/lib/plan/step-title'
import { JOB_STATE } from './job-state'
import { remainingMs } from './job-view'

/** How the job is, in one sentence: what it does now, how far, how long still. */
export function JobSentence({
  job,
  plan,
  state,
}: {
  job: JobSummary
  plan: Plan | null
  state: JobState
}) {
  const { state: shape, word } = JOB_STATE[state.status]
  return (
    <span className="flex items-start gap-2">
      <StateMark state={shape} label={word} className="mt-1" still />
      <span className="min-w-0">
        <Said job={job} plan={plan} state={state} />
        {state.interruptions.length > 0 ? (
          <span className="text-ink-3">
            {' '}
            Went on after{' '}
            {state.interruptions.length === 1
              ? 'an interruption'
              : `${state.interruptions.length} interruptions`}
            .
          </span>
        ) : null}
      </span>
    </span>
  )
}

function Said({ job, plan, state }: { job: JobSummary; plan: Plan | null; state: JobState }) {
  const now = useNow()
  const total = plan?.steps.length ?? 0
  const done = countDone(state)
  switch (state.status) {
    case 'awaiting-approval':
      return (
        <>
          Waits for approval since <Time at={state.queuedAt} />, asked by {state.by}.
        </>
      )
    case 'queued':
      return job.queue ? (
        <>
          Number {job.queue.position} in the queue: {job.queue.reason}
        </>
      ) : (
        <>Queued; it starts as soon as it is taken up.</>
      )
    case 'paused':
      return <>Paused; nothing runs. Resume goes on where it stands.</>
    case 'running': {
      const left = plan && now !== null ? remainingMs(plan.steps, state, now) : null
      const running = plan?.steps.filter(({ id }) => state.steps[id]?.status === 'running') ?? []
      const [first] = running
      return (
        <>
          {total > 0 ? `${done} of ${total} steps done` : 'Running'}
          {left === null || total === 0 ? '' : `, ${formatEstimate(left)} left`}
          {first
            ? `. Now: ${stepTitle(first)}${running.length > 1 ? ` and ${running.length - 1} more` : ''}.`
            : '.'}
          {state.cancelAsked ? ' Cancel was asked.' : ''}
        </>
      )
    }
    case 'succeeded':
      return <Ended state={state} before="Succeeded" />
    case 'failed':
      return (
        <Ended
          state={state}
          before={total > 0 ? `Failed with ${done} of ${total} steps done` : 'Failed'}
        />
      )
    case 'cancelled':
      return <Ended state={state} before={`Cancelled with ${done} of ${total} steps done`} />
  }
}

function Ended({ state, before }: { state: JobState; before: string }) {
  if (state.endedAt === null) return <>{before}.</>
  return (
    <>
      {before}
      {state.startedAt === null ? '' : ` after ${formatDuration(state.endedAt - state.startedAt)}`},{' '}
      <Time at={state.endedAt} />.
    </>
  )
}
