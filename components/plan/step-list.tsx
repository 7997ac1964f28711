import { ChevronRight } from 'lucide-react'
import { cn } from '@/components/ui/cn'
import { count, formatDuration } from '@/components/ui/format'
import { PlanSign } from '@/components/ui/plan-sign'
import type { Plan } from '@/lib/plan/plan'
import type { Step } from '@/lib/plan/step'
import { stepTitle } from '@/lib/plan/step-title'
import { groupSteps, signOf } from './plan-view'

/** Every step, by object; each opens to its reason and to what it waits for. */
export function StepList({ plan }: { plan: Plan }) {
  const critical = new Set(plan.criticalPath)
  const titles = new Map(plan.steps.map((step) => [step.id, stepTitle(step)]))
  return (
    <div className="divide-y divide-line rounded-md border border-line bg-surface-1">
      {groupSteps(plan.steps).map((group) => (
        <details key={group.key} className="group/object">
          <summary className="flex h-row list-none items-center gap-2 px-3 hover:bg-surface-2">
            <Chevron className="group-open/object:rotate-90" />
            <span className="font-medium">{group.name}</span>
            <span className="text-caption text-ink-3">{group.kind}</span>
            <span className="ml-auto whitespace-nowrap text-caption text-ink-3 tabular-nums">
              {count(group.steps.length, 'step')},{' '}
              {formatDuration(group.steps.reduce((sum, step) => sum + step.etaS, 0) * 1000)}
            </span>
          </summary>
          <ul className="border-line border-t bg-surface-0">
            {group.steps.map((step) => (
              <li key={step.id}>
                <StepLine step={step} critical={critical.has(step.id)} titles={titles} />
              </li>
            ))}
          </ul>
        </details>
      ))}
    </div>
  )
}

const Chevron = ({ className }: { className: string }) => (
  <ChevronRight size={14} aria-hidden className={cn('shrink-0 text-ink-3', className)} />
)

function StepLine({
  step,
  critical,
  titles,
}: {
  step: Step
  critical: boolean
  titles: ReadonlyMap<string, string>
}) {
  const needs = step.needs.map((id) => titles.get(id) ?? id)
  return (
    <details className="group/step">
      <summary className="flex min-h-row list-none items-center gap-2 py-1 pr-3 pl-7 hover:bg-surface-2">
        <Chevron className="group-open/step:rotate-90" />
        <PlanSign sign={signOf(step.effect)} />
        <span className="min-w-0 flex-1">{titles.get(step.id)}</span>
        {critical ? (
          <span
            title="On the longest chain: what makes it slower makes the whole plan slower"
            className="rounded-sm border border-edge px-1 text-caption text-ink-2"
          >
            longest
          </span>
        ) : null}
        <span className="w-20 text-right text-caption text-ink-3 tabular-nums">
          {formatDuration(step.etaS * 1000)}
        </span>
      </summary>
      <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 py-1 pr-3 pb-3 pl-16 text-caption">
        <dt className="text-ink-3">Why</dt>
        <dd>{step.reason}</dd>
        <dt className="text-ink-3">After</dt>
        <dd>{needs.length > 0 ? needs.join('; ') : 'nothing, it can start at once'}</dd>
        {step.locks.length > 0 ? (
          <>
            <dt className="text-ink-3">Alone on</dt>
            <dd className="font-mono">{step.locks.join(', ')}</dd>
          </>
        ) : null}
        <dt className="text-ink-3">Step</dt>
        <dd className="font-mono">{step.id}</dd>
      </dl>
    </details>
  )
}
