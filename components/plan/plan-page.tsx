'use client'

import { Ellipsis } from 'lucide-react'
import Link from 'next/link'
import { useRouter, useSearchParams } from 'next/navigation'
import { useState } from 'react'
import { Page, Section } from '@/components/frame/page'
import { usePlan, useTopology } from '@/components/query/queries'
import { QueryView } from '@/components/query/query-view'
import { buttonClass, IconButton } from '@/components/ui/button'
import { Menu } from '@/components/ui/menu'
import { StaleBadge } from '@/components/ui/stale-badge'
import type { PlanAnswer } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'
import type { Goal, Plan } from '@/lib/plan/plan'
import { goalTitle } from '@/lib/plan/step-title'
import type { Topology } from '@/lib/topology/topology'
import { Approve } from './approve'
import { firewallGoals, readGoal, tickDisk } from './goal'
import { PlanBody } from './plan-body'
import { planSentence } from './plan-view'
import { Refusals } from './refusals'
import { StaleDifference } from './stale-difference'

/** What exactly would happen, how long, what reboots, what is lost; approved here. */
export function PlanPage({ topologyId }: { topologyId: string }) {
  const router = useRouter()
  const goal = readGoal(useSearchParams().get('goal'))
  const head = useTopology(topologyId)
  const plan = usePlan(topologyId, goal)
  const names = {
    topology: head.data?.name ?? topologyId,
    vm: (id: string) => head.data?.document.vms?.[id]?.name ?? id,
  }
  const change = (next: Goal) => router.replace(pages.plan(topologyId, next), { scroll: false })
  const answered = plan.data?.result.ok ? plan.data.result.plan : null
  return (
    <Page
      title={goalTitle(goal, names)}
      kind={answered ? `plan of r${answered.revision}` : 'plan'}
      sentence={plan.data ? sentenceOf(plan.data) : undefined}
      actions={
        <>
          {answered && plan.data ? (
            <ApproveOrAsk
              key={JSON.stringify(goal)}
              topologyId={topologyId}
              topologyName={names.topology}
              answer={plan.data}
              plan={answered}
              refetch={() => void plan.refetch()}
            />
          ) : null}
          <OtherGoals topologyId={topologyId} goal={goal} document={head.data?.document} />
        </>
      }
    >
      <QueryView query={plan}>
        {({ result, observedAt }) =>
          result.ok ? (
            <PlanBody
              topologyId={topologyId}
              plan={result.plan}
              onTick={
                goal.kind === 'destroy'
                  ? (serial, ticked) => change(tickDisk(goal, serial, ticked))
                  : null
              }
            />
          ) : (
            <Section title="Why there is no plan">
              <Refusals
                topologyId={topologyId}
                refusals={result.refusals}
                observedAt={observedAt}
              />
            </Section>
          )
        }
      </QueryView>
    </Page>
  )
}

function sentenceOf({ result, observedAt }: PlanAnswer) {
  if (!result.ok)
    return result.refusals.length === 1
      ? 'This cannot be planned now; the reason is below.'
      : `This cannot be planned now, for ${result.refusals.length} reasons.`
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
      {planSentence(result.plan)}
      <StaleBadge at={observedAt} reason="The plan compares with what was read then" />
    </span>
  )
}

/** The button, and after a refusal as stale what is different now. */
function ApproveOrAsk({
  topologyId,
  topologyName,
  answer,
  plan,
  refetch,
}: {
  topologyId: string
  topologyName: string
  answer: PlanAnswer
  plan: Plan
  refetch: () => void
}) {
  const [refused, setRefused] = useState<Plan | null>(null)
  return (
    <>
      <Approve
        topologyId={topologyId}
        topologyName={topologyName}
        plan={plan}
        headRevision={answer.headRevision}
        onStale={(old) => {
          setRefused(old)
          refetch()
        }}
      />
      {refused ? <StaleDifference before={refused} after={plan} /> : null}
    </>
  )
}

/** Back to deploying, and the way to destroy, which nobody should press by habit. */
function OtherGoals({
  topologyId,
  goal,
  document,
}: {
  topologyId: string
  goal: Goal
  document: Topology | undefined
}) {
  const router = useRouter()
  if (goal.kind !== 'deploy')
    return (
      <Link href={pages.plan(topologyId)} className={buttonClass()}>
        Plan a deploy
      </Link>
    )
  return (
    <Menu
      trigger={<IconButton label="Other goals" icon={<Ellipsis size={16} aria-hidden />} />}
      items={[
        {
          id: 'adopt',
          label: 'Plan to adopt machines',
          onSelect: () => router.push(pages.plan(topologyId, { kind: 'adopt' })),
        },
        ...firewallGoals(document).map(({ id, label, goal: next }) => ({
          ...{ id, label },
          onSelect: () => router.push(pages.plan(topologyId, next)),
        })),
        {
          id: 'destroy',
          label: 'Plan to destroy everything',
          danger: true,
          onSelect: () => router.push(pages.plan(topologyId, { kind: 'destroy', disks: [] })),
        },
        {
          id: 'history',
          label: 'Go back to an older revision',
          onSelect: () => router.push(pages.history(topologyId)),
        },
      ]}
    />
  )
}
