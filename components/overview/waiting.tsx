'use client'

import Link from 'next/link'
import { Section } from '@/components/frame/page'
import { useJobs } from '@/components/query/queries'
import { FailureNote } from '@/components/query/query-view'
import { count } from '@/components/ui/format'
import { type State, StateMark } from '@/components/ui/state-mark'
import { Time } from '@/components/ui/time'
import type { JobSummary, TopologySummary } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'
import { openFailures } from './recent'

type Item = {
  id: string
  state: State
  text: string
  note: string
  at: number | null
  href: string
}

/** What waits for a person, most urgent first: failed jobs, approvals, blockers, undeployed saves. */
export function waitingItems(
  jobs: readonly JobSummary[],
  topologies: readonly TopologySummary[],
): Item[] {
  return [
    ...openFailures(jobs).map(
      (job): Item => ({
        id: job.id,
        state: 'fail',
        text: `${job.title} failed`,
        note: job.error?.message ?? 'See its log.',
        at: job.endedAt,
        href: pages.job(job.id),
      }),
    ),
    ...jobs
      .filter((job) => job.status === 'awaiting-approval')
      .map(
        (job): Item => ({
          id: job.id,
          state: 'warn',
          text: `${job.title} waits for approval`,
          note: `Asked by ${job.by}.`,
          at: job.queuedAt,
          href: pages.job(job.id),
        }),
      ),
    ...topologies
      .filter((topology) => topology.blockers > 0)
      .map(
        (topology): Item => ({
          id: `blockers.${topology.id}`,
          state: 'warn',
          text: `${topology.name} cannot be deployed`,
          note: `${count(topology.blockers, 'blocker')} in the document.`,
          at: null,
          href: pages.design(topology.id),
        }),
      ),
    ...topologies
      // A drawing that never had a VM has nothing to deploy.
      .filter((each) => each.vms > 0 || each.appliedRevision !== null)
      .filter((each) => each.blockers === 0 && each.appliedRevision !== each.revision)
      .map(
        (topology): Item => ({
          id: `plan.${topology.id}`,
          state: 'hold',
          text: `${topology.name} r${topology.revision} is saved, not deployed`,
          note:
            topology.appliedRevision === null
              ? 'Nothing of it was deployed yet.'
              : `r${topology.appliedRevision} runs.`,
          at: topology.savedAt,
          href: pages.plan(topology.id),
        }),
      ),
  ]
}

export function Waiting({ topologies }: { topologies: readonly TopologySummary[] }) {
  const newest = useJobs({ limit: 50 })
  // Asked for by itself: it may have waited for longer than the newest jobs go back.
  const approvals = useJobs({ status: 'awaiting-approval', limit: 200 })
  const jobs = new Map([...(newest.data ?? []), ...(approvals.data ?? [])].map((j) => [j.id, j]))
  const items = waitingItems([...jobs.values()], topologies)
  const failure = newest.error ?? approvals.error
  if (failure) return <FailureNote error={failure} />
  if (items.length === 0) return null
  return (
    <Section title="Waits for you">
      <ul className="divide-y divide-line rounded-md border border-line bg-surface-1">
        {items.map((item) => (
          <li key={item.id}>
            <Link
              href={item.href}
              className="flex min-h-row items-center gap-3 px-3 py-1.5 hover:bg-surface-2"
            >
              <StateMark state={item.state} />
              <span className="min-w-0 flex-1">
                <span className="font-medium">{item.text}</span>{' '}
                <span className="text-ink-2">{item.note}</span>
              </span>
              {item.at === null ? null : (
                <span className="text-caption text-ink-3">
                  <Time at={item.at} />
                </span>
              )}
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  )
}
