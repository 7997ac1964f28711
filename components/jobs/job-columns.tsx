import Link from 'next/link'
import { formatEstimate } from '@/components/ui/format'
import { StateWord } from '@/components/ui/states'
import type { Column } from '@/components/ui/table'
import { Duration, Time } from '@/components/ui/time'
import type { JobSummary } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'
import { JOB_STATE } from './job-state'

/** How far a job is or what it waits for; why it failed. */
function JobNote({ job }: { job: JobSummary }) {
  if (job.status === 'queued' && job.queue)
    return (
      <>
        number {job.queue.position}: {job.queue.reason}
      </>
    )
  if (job.status === 'running')
    return (
      <span className="tabular-nums">
        {job.stepsTotal > 0 ? `${job.stepsDone} of ${job.stepsTotal} steps` : ''}
        {job.leftMs === null ? '' : `, ${formatEstimate(job.leftMs)} left`}
      </span>
    )
  if (job.status === 'failed' && job.error) return <>{job.error.message}</>
  return job.stepsTotal > 0 ? (
    <span className="tabular-nums">
      {job.stepsDone} of {job.stepsTotal} steps
    </span>
  ) : null
}

export const JOB_COLUMNS: Column<JobSummary>[] = [
  {
    id: 'job',
    head: 'Job',
    cell: (job) => (
      <Link
        href={pages.job(job.id)}
        className="inline-flex min-h-6 items-center font-medium text-work hover:underline"
      >
        {job.title}
      </Link>
    ),
  },
  {
    id: 'status',
    head: 'Status',
    cell: (job) => {
      const { state, word } = JOB_STATE[job.status]
      return (
        <StateWord state={state} still>
          {word}
        </StateWord>
      )
    },
  },
  {
    id: 'note',
    head: 'Progress, or why not',
    from: 'md',
    className: 'max-w-md',
    cell: (job) => (
      <span className="line-clamp-2 text-ink-2">
        <JobNote job={job} />
      </span>
    ),
  },
  {
    id: 'revision',
    head: 'Revision',
    from: 'lg',
    cell: (job) =>
      job.revision === null ? null : <span className="font-mono">r{job.revision}</span>,
  },
  { id: 'by', head: 'Asked by', from: 'lg', cell: (job) => job.by },
  { id: 'queued', head: 'Queued', from: 'sm', cell: (job) => <Time at={job.queuedAt} /> },
  {
    id: 'took',
    head: 'Took',
    numeric: true,
    from: 'sm',
    cell: (job) =>
      job.startedAt === null ? null : (
        <Duration from={job.startedAt} to={job.status === 'running' ? null : job.endedAt} />
      ),
  },
]
