import type { State } from '@/components/ui/state-mark'
import type { JobSummary } from '@/lib/api/contract'
import type { JobStatus, StepStatus } from '@/lib/jobs/journal'

/** Shape and word of a job's status. */
export const JOB_STATE: Record<JobStatus, { state: State; word: string }> = {
  'awaiting-approval': { state: 'warn', word: 'awaiting approval' },
  queued: { state: 'hold', word: 'queued' },
  running: { state: 'work', word: 'running' },
  paused: { state: 'hold', word: 'paused' },
  succeeded: { state: 'ok', word: 'succeeded' },
  failed: { state: 'fail', word: 'failed' },
  cancelled: { state: 'hold', word: 'cancelled' },
}

/** Shape and word of a step's status. A pending step has no shape of its own: nothing happened yet. */
export const STEP_STATE: Record<StepStatus, { state: State | null; word: string }> = {
  pending: { state: null, word: 'pending' },
  running: { state: 'work', word: 'running' },
  succeeded: { state: 'ok', word: 'done' },
  failed: { state: 'fail', word: 'failed' },
  skipped: { state: 'hold', word: 'skipped' },
}

/** Whether nothing more will happen by itself. */
export const isOver = (status: JobStatus): boolean =>
  status === 'succeeded' || status === 'failed' || status === 'cancelled'

/** Jobs that only read; they are no news. */
export const isErrand = (job: Pick<JobSummary, 'kind'>): boolean =>
  job.kind === 'refresh' || job.kind === 'test-connection'
