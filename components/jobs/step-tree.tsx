'use client'

import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { groupSteps } from '@/components/plan/plan-view'
import { cn } from '@/components/ui/cn'
import { formatDuration } from '@/components/ui/format'
import { StateMark } from '@/components/ui/state-mark'
import { Duration } from '@/components/ui/time'
import type { JobState, StepState } from '@/lib/jobs/journal'
import type { Step } from '@/lib/plan/step'
import { stepTitle } from '@/lib/plan/step-title'
import { STEP_STATE } from './job-state'
import { groupStatus, stepState } from './job-view'

/** The steps of a job by object. Choosing one shows its lines alone; choosing it again shows all. */
export function StepTree({
  steps,
  state,
  chosen,
  onChoose,
}: {
  steps: readonly Step[]
  state: JobState | null
  chosen: string | null
  onChoose: (stepId: string | null) => void
}) {
  return (
    <ul className="divide-y divide-line rounded-md border border-line bg-surface-1">
      {groupSteps(steps).map((group) => (
        <Group
          key={group.key}
          name={group.name}
          steps={group.steps}
          state={state}
          chosen={chosen}
          onChoose={onChoose}
        />
      ))}
    </ul>
  )
}

/** A shape for every state; a pending step keeps its place empty. */
const Mark = ({ status }: { status: StepState['status'] }) => {
  const { state, word } = STEP_STATE[status]
  return state === null ? (
    <span
      role="img"
      aria-label={word}
      className="inline-block size-3 rounded-full border border-line"
    />
  ) : (
    <StateMark state={state} label={word} size={12} still />
  )
}

function Group({
  name,
  steps,
  state,
  chosen,
  onChoose,
}: {
  name: string
  steps: readonly Step[]
  state: JobState | null
  chosen: string | null
  onChoose: (stepId: string | null) => void
}) {
  const status = groupStatus(steps, state)
  const [touched, setTouched] = useState<boolean | null>(null)
  // What happens now is open; what a person opened or closed stays so.
  const open =
    touched ??
    (status === 'running' || status === 'failed' || steps.some(({ id }) => id === chosen))
  const done = steps.filter(({ id }) =>
    ['succeeded', 'skipped'].includes(stepState(state, id).status),
  ).length
  return (
    <li>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setTouched(!open)}
        className="flex h-row w-full items-center gap-2 px-2 text-left hover:bg-surface-2"
      >
        <ChevronRight
          size={14}
          aria-hidden
          className={cn('shrink-0 text-ink-3', open && 'rotate-90')}
        />
        <Mark status={status} />
        <span className="min-w-0 flex-1 truncate font-medium">{name}</span>
        <span className="text-caption text-ink-3 tabular-nums">
          {done} of {steps.length}
        </span>
      </button>
      {open ? (
        <ul className="pb-1">
          {steps.map((step) => (
            <StepLine
              key={step.id}
              step={step}
              state={stepState(state, step.id)}
              chosen={step.id === chosen}
              onChoose={onChoose}
            />
          ))}
        </ul>
      ) : null}
    </li>
  )
}

function StepLine({
  step,
  state,
  chosen,
  onChoose,
}: {
  step: Step
  state: StepState
  chosen: boolean
  onChoose: (stepId: string | null) => void
}) {
  return (
    <li>
      <button
        type="button"
        aria-pressed={chosen}
        title={state.error?.message}
        onClick={() => onChoose(chosen ? null : step.id)}
        className={cn(
          'flex min-h-7 w-full items-center gap-2 py-0.5 pr-2 pl-8 text-left hover:bg-surface-2 pointer-coarse:min-h-12',
          chosen && 'bg-surface-2',
          state.status === 'pending' && 'text-ink-2',
        )}
      >
        <Mark status={state.status} />
        <span className="min-w-0 flex-1">
          {stepTitle(step)}
          {state.attempts > 1 ? (
            <span className="text-caption text-ink-3"> attempt {state.attempts}</span>
          ) : null}
          {state.changed === false ? (
            <span className="text-caption text-ink-3"> was so already</span>
          ) : null}
        </span>
        <span className="shrink-0 text-caption text-ink-3">
          {state.startedAt === null ? (
            formatDuration(step.etaS * 1000)
          ) : (
            <Duration
              from={state.startedAt}
              to={state.status === 'running' ? null : state.endedAt}
            />
          )}
        </span>
      </button>
    </li>
  )
}
