import type { JobSummary, RevisionSummary } from '@/lib/api/contract'

/** One line of "what changed": a job that came to an end, or a revision that was saved. */
export type Recent =
  | { kind: 'job'; at: number; job: JobSummary }
  | { kind: 'revision'; at: number; topologyId: string; revision: RevisionSummary }

/** What happened, newest first, errands left out; at most `limit`. */
export function recentChanges(
  jobs: readonly JobSummary[],
  revisions: readonly { topologyId: string; revisions: readonly RevisionSummary[] }[],
  limit: number,
): Recent[] {
  const ended = jobs
    .filter(
      (job) => job.endedAt !== null && job.kind !== 'refresh' && job.kind !== 'test-connection',
    )
    .map((job): Recent => ({ kind: 'job', at: job.endedAt ?? 0, job }))
  const saved = revisions.flatMap(({ topologyId, revisions: list }) =>
    list.map((revision): Recent => ({ kind: 'revision', at: revision.at, topologyId, revision })),
  )
  return [...ended, ...saved].toSorted((a, b) => b.at - a.at).slice(0, limit)
}

/** Failed jobs that nothing has made good: no later job of the same topology and kind succeeded. */
export function openFailures(jobs: readonly JobSummary[]): JobSummary[] {
  const madeGood = (failed: JobSummary) =>
    jobs.some(
      (job) =>
        job.topologyId === failed.topologyId &&
        job.queuedAt > failed.queuedAt &&
        (job.status === 'succeeded' || job.status === 'running') &&
        (job.kind === failed.kind || job.kind === 'deploy' || job.kind === 'destroy'),
    )
  return jobs.filter(
    (job) =>
      job.status === 'failed' &&
      job.kind !== 'refresh' &&
      job.kind !== 'test-connection' &&
      !madeGood(job),
  )
}
