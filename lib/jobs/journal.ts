/**
 * What happened to a job, append-only, durable before it is acted on. A restarted worker and an
 * open browser tab both rebuild their view by folding it; neither trusts memory. No secrets.
 */
export type JobEvent = {
  v: 1
  jobId: string
  /** From 1, without holes, unique in the job. */
  seq: number
  /** Lease epoch of the writer. */
  epoch: number
  /** UTC milliseconds. */
  at: number
} & (
  | { type: 'queued'; by: string }
  | { type: 'approval-asked'; reason: string }
  | { type: 'approved'; by: string }
  | { type: 'claimed'; worker: string }
  | { type: 'paused'; by: string }
  | { type: 'resumed'; by: string; interruptedAt: number | null }
  | { type: 'cancel-asked'; by: string }
  | { type: 'retry-asked'; by: string }
  | { type: 'ended'; outcome: JobOutcome; code: string | null; message: string | null }
  | { type: 'step-started'; stepId: string }
  | { type: 'step-noted'; stepId: string; key: string; value: string }
  | { type: 'step-retrying'; stepId: string; code: string; message: string; delayMs: number }
  | { type: 'step-succeeded'; stepId: string; changed: boolean }
  | { type: 'step-failed'; stepId: string; code: string; message: string }
  | { type: 'step-skipped'; stepId: string; by: string; reason: string }
)

export type JobOutcome = 'succeeded' | 'failed' | 'cancelled'
export type JobStatus = 'awaiting-approval' | 'queued' | 'running' | 'paused' | JobOutcome
export type StepStatus = 'pending' | 'running' | 'succeeded' | 'failed' | 'skipped'

export type StepState = {
  status: StepStatus
  /** How many times it was started, over all runs of the job. */
  attempts: number
  startedAt: number | null
  endedAt: number | null
  /** Whether it had to act; null until it succeeded. */
  changed: boolean | null
  /** What an attempt that was cut off left for the next. Cleared by a failure. Not shown. */
  notes: Record<string, string>
  error: { code: string; message: string } | null
}

export type JobState = {
  status: JobStatus
  epoch: number
  seq: number
  queuedAt: number
  startedAt: number | null
  endedAt: number | null
  by: string
  cancelAsked: boolean
  error: { code: string; message: string } | null
  steps: Record<string, StepState>
  /** Each time a worker died under it and another went on. */
  interruptions: { at: number; resumedAt: number }[]
}
