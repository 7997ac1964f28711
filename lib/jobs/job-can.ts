import type { JobStatus } from './journal'

/** The statuses in which each action makes sense. The API refuses what is not here; the UI greys it. */
const ALLOWED = {
  cancel: ['awaiting-approval', 'queued', 'running', 'paused'],
  retry: ['failed', 'cancelled'],
  skip: ['failed'],
  approve: ['awaiting-approval'],
} as const satisfies Record<string, readonly JobStatus[]>

export type JobCan = keyof typeof ALLOWED

const DONE: Record<JobCan, string> = {
  cancel: 'be cancelled',
  retry: 'be retried',
  skip: 'have its failed steps skipped',
  approve: 'be approved',
}

/** Why `action` is not possible now, as a tooltip; null when it is. */
export function whyNot(action: JobCan, status: JobStatus): string | null {
  const allowed: readonly JobStatus[] = ALLOWED[action]
  if (allowed.includes(status)) return null
  const article =
    status === 'awaiting-approval' ? 'A job that waits for approval' : `A ${status} job`
  return `${article} cannot ${DONE[action]}.`
}
