import { Button } from '@/components/ui/button'
import { ErrorState } from '@/components/ui/states'
import type { JobState } from '@/lib/jobs/journal'
import type { Step } from '@/lib/plan/step'
import { stepTitle } from '@/lib/plan/step-title'

/** Why a job failed, in words: each failed step with its reason, else the job's own. */
export function Failures({
  steps,
  state,
  onShowLog,
}: {
  steps: readonly Step[]
  state: JobState
  onShowLog: (stepId: string) => void
}) {
  const failed = steps.flatMap((step) => {
    const error = state.steps[step.id]?.error
    return state.steps[step.id]?.status === 'failed' && error ? [{ step, error }] : []
  })
  const told = failed.some(({ error }) => error.message === state.error?.message)
  return (
    <div className="mb-4 flex flex-col gap-2">
      {state.error && !told ? (
        <ErrorState message={state.error.message} code={state.error.code} />
      ) : null}
      {failed.map(({ step, error }) => (
        <ErrorState
          key={step.id}
          message={
            <>
              <strong className="font-semibold">{stepTitle(step)}</strong> failed: {error.message}
            </>
          }
          code={error.code}
          action={
            <Button size="sm" onClick={() => onShowLog(step.id)}>
              Show its lines
            </Button>
          }
        />
      ))}
    </div>
  )
}
