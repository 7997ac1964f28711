'use client'

import Link from 'next/link'
import { usePlan } from '@/components/query/queries'
import { count } from '@/components/ui/format'
import { useIsStale } from '@/components/ui/now'
import { StateMark } from '@/components/ui/state-mark'
import type { PlanAnswer, TopologyHead } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'

export type StripState = { state: 'ok' | 'hold' | 'warn' | 'unknown'; text: string }

/** What lies between the saved revision and what runs, in few words. */
export function stripState(
  head: TopologyHead,
  answer: PlanAnswer | undefined,
  stale: boolean,
): StripState {
  const blockers = head.problems.filter((problem) => problem.severity === 'blocker').length
  if (blockers > 0)
    return { state: 'warn', text: `${count(blockers, 'blocker')} in the way of a plan` }
  if (!answer) return { state: 'unknown', text: 'comparing' }
  if (!answer.result.ok) return { state: 'unknown', text: 'cannot be planned now' }
  const changes = answer.result.plan.changes.length
  if (changes > 0) return { state: 'hold', text: `${count(changes, 'change')} not deployed` }
  if (answer.result.plan.steps.length > 0)
    return { state: 'hold', text: `${count(answer.result.plan.steps.length, 'step')} not done` }
  if (stale) return { state: 'unknown', text: 'as deployed when last seen' }
  return { state: 'ok', text: 'as deployed' }
}

/** `r42 saved - 3 changes not deployed - Plan` */
export function StateStrip({ head }: { head: TopologyHead }) {
  const { data } = usePlan(head.id, { kind: 'deploy' })
  const { state, text } = stripState(head, data, useIsStale(data?.observedAt ?? null))
  return (
    <p className="flex min-w-0 items-center gap-2 whitespace-nowrap text-caption text-ink-2">
      <Link
        href={pages.history(head.id)}
        className="inline-flex h-6 items-center hover:text-ink-1 hover:underline"
      >
        <span className="font-mono">r{head.revision.number}</span>&nbsp;saved
      </Link>
      <span className="inline-flex min-w-0 items-center gap-1.5">
        <StateMark state={state} size={11} still />
        <span className="truncate">{text}</span>
      </span>
      <Link
        href={pages.plan(head.id)}
        className="inline-flex h-6 items-center font-medium text-work hover:underline"
      >
        Plan
      </Link>
    </p>
  )
}
