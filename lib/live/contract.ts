import type { JobEvent } from '@/lib/jobs/journal'
import type { LogLine } from './log-line'

/** What the server tells browsers. Everything here has been stored before it is sent. */
export type ServerMessages = {
  /** To those who joined the job. */
  'job-lines': (message: { jobId: string; lines: LogLine[] }) => void
  'job-events': (message: { jobId: string; events: JobEvent[] }) => void
  /** To everybody: a job appeared or changed status. Lists refetch. */
  'jobs-changed': (message: { jobId: string }) => void
  revision: (message: { topologyId: string; number: number; author: string }) => void
  layout: (message: { topologyId: string }) => void
  observed: (message: { topologyId: string; at: number }) => void
  'connections-changed': (message: { connectionId: string }) => void
  /** How a topology and its Git repository stand. */
  'git-changed': (message: { topologyId: string }) => void
}

/** What browsers ask. Each has a row in lib/auth/access.ts. */
export type ClientMessages = {
  /** Answers what was missed after the given numbers (at most 5,000 lines; ask again from there), then streams. */
  'join-job': (
    request: { jobId: string; afterLine: number; afterSeq: number },
    answer: (
      missed:
        | { ok: true; lines: LogLine[]; events: JobEvent[]; lastLine: number }
        | { ok: false; message: string },
    ) => void,
  ) => void
  'leave-job': (request: { jobId: string }) => void
}
