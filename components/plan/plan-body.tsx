import { Section } from '@/components/frame/page'
import { count, formatEstimate } from '@/components/ui/format'
import { EmptyState } from '@/components/ui/states'
import type { Plan } from '@/lib/plan/plan'
import { stepTitle } from '@/lib/plan/step-title'
import { ChangeTable } from './change-table'
import { Counts } from './counts'
import { DiskTicks } from './disk-ticks'
import { HostNetworkDiffs } from './host-network-diffs'
import { diskChoices } from './plan-view'
import { StepList } from './step-list'

/** Everything of a plan below its sentence; also shown on the page of its job. */
export function PlanBody({
  topologyId,
  plan,
  onTick,
}: {
  topologyId: string
  plan: Plan
  /** Null where the goal has no disks to decide about, or it was decided. */
  onTick: ((serial: string, ticked: boolean) => void) | null
}) {
  if (plan.steps.length === 0)
    return (
      <div className="flex flex-col gap-6">
        <EmptyState title="An empty plan">
          Every step was looked at and its outcome holds already. Change the drawing, and the
          difference stands here.
        </EmptyState>
        <LeftAlone notes={plan.notes} />
      </div>
    )
  const disks = onTick ? diskChoices(plan.steps) : []
  return (
    <>
      <div className="mb-6 flex flex-wrap items-center gap-x-8 gap-y-2 rounded-md border border-line bg-surface-1 px-3 py-2">
        <Counts counts={plan.counts} large />
        <p className="text-ink-2">
          {count(plan.steps.length, 'step')}, {formatEstimate(plan.etaS * 1000)}
        </p>
      </div>
      {plan.losses.length > 0 ? (
        <Section title="Lost for good">
          <ul className="rounded-md border border-fail bg-fail/12 px-3 py-2">
            {plan.losses.map((loss) => (
              <li key={loss} className="max-w-[72ch] text-prose">
                {loss}
              </li>
            ))}
          </ul>
        </Section>
      ) : null}
      {disks.length > 0 && onTick ? (
        <div className="mb-6">
          <DiskTicks disks={disks} onTick={onTick} />
        </div>
      ) : null}
      <LeftAlone notes={plan.notes} />
      {plan.changes.length > 0 ? (
        <Section title="Changes" aside={count(plan.changes.length, 'object')}>
          <ChangeTable topologyId={topologyId} changes={plan.changes} />
        </Section>
      ) : null}
      <HostNetworkDiffs changes={plan.changes} />
      <CriticalPath plan={plan} />
      <Section title="Steps" aside="by object; open one for its reason">
        <StepList plan={plan} />
      </Section>
      <Section title="The way back">
        <p className="max-w-[72ch] text-prose">{plan.wayBack}</p>
      </Section>
    </>
  )
}

/** What the plan passes by although somebody might expect otherwise; an empty plan has these too. */
function LeftAlone({ notes }: { notes: readonly string[] }) {
  if (notes.length === 0) return null
  return (
    <Section title="Left alone on purpose">
      <ul className="max-w-[72ch] list-disc pl-5 text-ink-2 text-prose">
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </Section>
  )
}

/** The chain that decides how long it takes, folded: the number is the news. */
function CriticalPath({ plan }: { plan: Plan }) {
  const steps = plan.criticalPath.flatMap((id) => plan.steps.find((step) => step.id === id) ?? [])
  if (steps.length < 2) return null
  return (
    <Section title="Longest chain" aside={formatEstimate(plan.etaS * 1000)}>
      <details className="rounded-md border border-line bg-surface-1 px-3 py-1.5">
        <summary className="min-h-6">
          {count(steps.length, 'step')} one after the other decide how long it takes
        </summary>
        <ol className="list-decimal py-1 pl-6 text-ink-2">
          {steps.map((step) => (
            <li key={step.id}>{stepTitle(step)}</li>
          ))}
        </ol>
      </details>
    </Section>
  )
}
