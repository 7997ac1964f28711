import { Clock } from '@/components/ui/time'
import type { JobEvent } from '@/lib/jobs/journal'
import type { Step } from '@/lib/plan/step'
import { stepTitle } from '@/lib/plan/step-title'
import { eventText } from './job-view'

/** What happened, in order: the journal itself, in words. */
export function Journal({
  events,
  steps,
}: {
  events: readonly JobEvent[]
  steps: readonly Step[]
}) {
  const titles = new Map(steps.map((step) => [step.id, stepTitle(step)]))
  return (
    <ol className="divide-y divide-line rounded-md border border-line bg-surface-1">
      {events.map((event) => (
        <li key={event.seq} className="flex min-h-7 items-baseline gap-3 px-3 py-0.5">
          <span className="w-8 shrink-0 text-right font-mono text-caption text-ink-3">
            {event.seq}
          </span>
          <span className="shrink-0 text-caption text-ink-3">
            <Clock at={event.at} />
          </span>
          <span className="min-w-0">{eventText(event, (id) => titles.get(id) ?? id)}</span>
        </li>
      ))}
    </ol>
  )
}
