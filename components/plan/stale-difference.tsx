import { ErrorState } from '@/components/ui/states'
import type { Plan } from '@/lib/plan/plan'
import { planDifference } from './plan-view'

/** Between the plan that was approved and the one that would be run now. */
export function StaleDifference({ before, after }: { before: Plan; after: Plan }) {
  if (before.hash === after.hash)
    return (
      <ErrorState
        className="basis-full"
        level="warn"
        message="Nothing was started - the plan changed while you looked at it - the new one is on its way."
        code="plan.stale"
      />
    )
  const { added, gone, changed } = planDifference(before, after)
  const lines = [
    ...added.map((title) => `+ ${title}`),
    ...gone.map((title) => `− ${title}`),
    ...changed.map((title) => `~ ${title}`),
  ]
  return (
    <ErrorState
      className="basis-full"
      level="warn"
      message="Nothing was started - the plan changed while you looked at it - read the difference and approve again."
      code="plan.stale"
      quote={lines.join('\n') || 'The same steps in another order.'}
    />
  )
}
