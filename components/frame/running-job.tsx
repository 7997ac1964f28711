'use client'

import Link from 'next/link'
import { useJobs } from '@/components/query/queries'
import { formatEstimate } from '@/components/ui/format'
import { StateMark } from '@/components/ui/state-mark'
import { pages } from '@/lib/api/paths'

const ERRANDS = new Set(['refresh', 'test-connection'])

/** The job that runs now, with what is left of it; how many more in its title. */
export function RunningJob() {
  const { data } = useJobs({ status: 'running', limit: 20 })
  const running = data?.filter((job) => job.status === 'running' && !ERRANDS.has(job.kind)) ?? []
  const [first] = running
  if (!first) return null
  const more = running.length > 1 ? ` and ${running.length - 1} more` : ''
  return (
    <Link
      href={pages.job(first.id)}
      title={`${first.title}${more}`}
      aria-label={`Running: ${first.title}${more}`}
      className="inline-flex h-6 min-w-0 items-center gap-1.5 rounded-sm px-1.5 text-caption text-ink-1 hover:bg-surface-2"
    >
      <StateMark state="work" size={12} />
      <span className="max-w-48 truncate max-sm:hidden">{first.title}</span>
      <span className="whitespace-nowrap text-ink-2 tabular-nums">
        <span className="sm:hidden">
          {first.leftMs === null
            ? `${first.stepsDone}/${first.stepsTotal}`
            : `${Math.ceil(first.leftMs / 60_000)} min`}
        </span>
        <span className="max-sm:hidden">
          {first.leftMs === null
            ? `${first.stepsDone} of ${first.stepsTotal}`
            : `${formatEstimate(first.leftMs)} left`}
          {more}
        </span>
      </span>
    </Link>
  )
}
