'use client'

import { useQueries } from '@tanstack/react-query'
import Link from 'next/link'
import { JOB_STATE } from '@/components/jobs/job-state'
import { useJobs, useRevisions } from '@/components/query/queries'
import { QueryView } from '@/components/query/query-view'
import { StateMark } from '@/components/ui/state-mark'
import { EmptyState, SkeletonRows } from '@/components/ui/states'
import { Time } from '@/components/ui/time'
import { client } from '@/lib/api/client'
import type { Revision } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'
import { keys } from '@/lib/api/query-keys'

/** How many revisions back are read for an object's own changes. */
const REVISIONS = 20

/** Changes of one revision that concern an object. */
export const changesOf = (revision: Revision, kind: string, id: string) =>
  revision.changes.filter(({ path }) => path[0] === kind && path[1] === id)

/** What was changed about one object, and the jobs of its topology that ran since. */
export function ObjectHistory({
  topologyId,
  kind,
  id,
}: {
  topologyId: string
  kind: string
  id: string
}) {
  const revisions = useRevisions(topologyId)
  return (
    <QueryView query={revisions}>
      {(list) => (
        <Lines
          topologyId={topologyId}
          kind={kind}
          id={id}
          numbers={list.slice(0, REVISIONS).map(({ number }) => number)}
        />
      )}
    </QueryView>
  )
}

type Line = {
  key: string
  at: number
  href: string
  mark: React.ReactNode
  text: string
  note: string
}

function Lines({
  topologyId,
  kind,
  id,
  numbers,
}: {
  topologyId: string
  kind: string
  id: string
  numbers: readonly number[]
}) {
  const read = useQueries({
    queries: numbers.map((n) => ({
      queryKey: keys.revision(topologyId, n),
      queryFn: () => client.revision(topologyId, n),
      staleTime: Number.POSITIVE_INFINITY,
    })),
    combine: (answers) => ({
      pending: answers.some((answer) => answer.isPending),
      revisions: answers.flatMap((answer) => answer.data ?? []),
    }),
  })
  const jobs = useJobs({ topology: topologyId, limit: 50 }).data ?? []
  const saved = read.revisions.flatMap((revision): Line[] => {
    const changes = changesOf(revision, kind, id)
    if (changes.length === 0) return []
    return [
      {
        key: `r${revision.number}`,
        at: revision.at,
        href: `${pages.history(topologyId)}?revision=${revision.number}`,
        mark: <span className="font-mono text-ink-3">r</span>,
        text: `r${revision.number} ${revision.message}`,
        note: changes.map(({ path }) => path.slice(2).join('.') || 'added').join(', '),
      },
    ]
  })
  const ran = jobs
    .filter((job) => job.kind !== 'refresh' && job.kind !== 'test-connection')
    .map((job): Line => {
      const { state, word } = JOB_STATE[job.status]
      return {
        key: job.id,
        at: job.endedAt ?? job.queuedAt,
        href: pages.job(job.id),
        mark: <StateMark state={state} size={12} still />,
        text: job.title,
        note: word,
      }
    })
  const lines = [...saved, ...ran].toSorted((a, b) => b.at - a.at)
  if (read.pending) return <SkeletonRows rows={4} />
  if (lines.length === 0) return <EmptyState title="Nothing happened yet" />
  return (
    <ul className="divide-y divide-line rounded-md border border-line bg-surface-1">
      {lines.map((line) => (
        <li key={line.key}>
          <Link
            href={line.href}
            className="flex min-h-row items-center gap-3 px-3 py-1 hover:bg-surface-2"
          >
            <span className="w-4 text-center">{line.mark}</span>
            <span className="min-w-0 flex-1">
              {line.text} <span className="text-ink-2">{line.note}</span>
            </span>
            <span className="text-caption text-ink-3">
              <Time at={line.at} />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  )
}
