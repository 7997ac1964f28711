'use client'

import { useQueries } from '@tanstack/react-query'
import Link from 'next/link'
import { JOB_STATE } from '@/components/jobs/job-state'
import { useJobs } from '@/components/query/queries'
import { StateMark } from '@/components/ui/state-mark'
import { EmptyState } from '@/components/ui/states'
import { Duration, Time } from '@/components/ui/time'
import { client } from '@/lib/api/client'
import type { TopologySummary } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'
import { keys } from '@/lib/api/query-keys'
import { type Recent, recentChanges } from './recent'

const SHOWN = 15

/** What changed, jobs and revisions in one list, newest first. */
export function RecentList({ topologies }: { topologies: readonly TopologySummary[] }) {
  const jobs = useJobs({ limit: 50 }).data ?? []
  const revisions = useQueries({
    queries: topologies.map(({ id }) => ({
      queryKey: keys.revisions(id),
      queryFn: () => client.revisions(id),
    })),
    combine: (answers) =>
      answers.map((answer, index) => ({
        topologyId: topologies[index]?.id ?? '',
        revisions: answer.data ?? [],
      })),
  })
  const recent = recentChanges(jobs, revisions, SHOWN)
  const names = new Map(topologies.map(({ id, name }) => [id, name]))
  if (recent.length === 0)
    return (
      <EmptyState title="Nothing yet">Saved revisions and finished jobs appear here.</EmptyState>
    )
  return (
    <ul className="divide-y divide-line rounded-md border border-line bg-surface-1">
      {recent.map((each) => (
        <RecentLine
          key={each.kind === 'job' ? each.job.id : `${each.topologyId}.${each.revision.number}`}
          recent={each}
          names={names}
        />
      ))}
    </ul>
  )
}

function RecentLine({ recent, names }: { recent: Recent; names: ReadonlyMap<string, string> }) {
  const line = 'flex min-h-row items-center gap-3 px-3 py-1 hover:bg-surface-2'
  const when = (
    <span className="w-20 shrink-0 text-right text-caption text-ink-3">
      <Time at={recent.at} />
    </span>
  )
  if (recent.kind === 'job') {
    const { job } = recent
    const { state, word } = JOB_STATE[job.status]
    return (
      <li>
        <Link href={pages.job(job.id)} className={line}>
          <StateMark state={state} size={12} />
          <span className="min-w-0 flex-1 truncate">
            {job.title} <span className="text-ink-2">{word}</span>
            {job.startedAt !== null && job.endedAt !== null ? (
              <span className="text-ink-3">
                {' '}
                in <Duration from={job.startedAt} to={job.endedAt} />
              </span>
            ) : null}
          </span>
          {when}
        </Link>
      </li>
    )
  }
  const { revision, topologyId } = recent
  return (
    <li>
      <Link href={`${pages.history(topologyId)}?revision=${revision.number}`} className={line}>
        <span aria-hidden className="w-3 text-center font-mono text-ink-3">
          r
        </span>
        <span className="min-w-0 flex-1 truncate">
          {names.get(topologyId)} <span className="font-mono">r{revision.number}</span>{' '}
          <span className="text-ink-2">
            {revision.message || 'saved'} - {revision.author}
          </span>
        </span>
        {when}
      </Link>
    </li>
  )
}
