import { Button } from '@/components/ui/button'
import { ErrorState } from '@/components/ui/states'
import type { JobState } from '@/lib/jobs/journal'
import type { LogLine } from '@/lib/live/log-line'
import type { Step } from '@/lib/plan/step'
import { stepTitle } from '@/lib/plan/step-title'
import { type FailureGroup, groupFailures } from './failure-groups'
import { serialLines } from './serial-lines'

/**
 * Why a job failed, in words: each cause once with the steps that it stopped, else the job's own
 * reason. Beside a machine that did not come up: what it printed on its serial console.
 */
export function Failures({
  steps,
  state,
  lines,
  onShowLog,
}: {
  steps: readonly Step[]
  state: JobState
  /** The job's log as far as it is here. */
  lines: readonly LogLine[]
  onShowLog: (stepId: string) => void
}) {
  const groups = groupFailures(steps, state)
  return (
    <div className="mb-4 flex max-h-[45dvh] shrink-0 flex-col gap-2 overflow-y-auto">
      {state.error && groups.length === 0 ? (
        <ErrorState message={state.error.message} code={state.error.code} />
      ) : null}
      {groups.map((group) => (
        <Failure
          key={group.first.step.id}
          group={group}
          quote={serialLines(lines, group.first.step.id)}
          onShowLog={onShowLog}
        />
      ))}
    </div>
  )
}

function Failure({
  group: { first, others },
  quote,
  onShowLog,
}: {
  group: FailureGroup
  quote: string | null
  onShowLog: (stepId: string) => void
}) {
  return (
    <ErrorState
      message={
        <>
          <strong className="font-semibold">{stepTitle(first.step)}</strong> failed:{' '}
          {first.error.message}
          {others.length > 0 ? ` The same befell ${others.length} more.` : ''}
        </>
      }
      code={first.error.code}
      quote={quote}
      action={[first, ...others].map(({ step }) => (
        <Button key={step.id} size="sm" onClick={() => onShowLog(step.id)}>
          {others.length === 0 ? 'Show its lines' : `Lines of ${step.object.at(-1) ?? step.id}`}
        </Button>
      ))}
    />
  )
}
