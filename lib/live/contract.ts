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
  /** A console of one of its VMs was opened or closed. */
  'consoles-changed': (message: { topologyId: string }) => void
  /** To the one socket that attached: what the guest printed, or its screen in RFB. */
  'console-output': (message: { id: string; data: Uint8Array }) => void
  /** To the same: nothing more comes, and why. */
  'console-ended': (message: { id: string; why: string }) => void
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
  /**
   * Connects a console that this session opened (`POST /api/t/[t]/consoles`) within half a minute to
   * this socket. `password` is the screen's, made for this once.
   */
  'console-attach': (
    request: { topologyId: string; id: string; columns: number; rows: number },
    answer: (
      attached: { ok: true; password: string | null } | { ok: false; message: string },
    ) => void,
  ) => void
  /** What is typed; at most 16 KiB a message. Of a console of another socket it is dropped, as below. */
  'console-input': (request: { id: string; data: Uint8Array }) => void
  /** So many bytes more were shown: no more than {@link CONSOLE_WINDOW} are on their way unshown. */
  'console-ack': (request: { id: string; bytes: number }) => void
  'console-resize': (request: { id: string; columns: number; rows: number }) => void
  'console-close': (request: { id: string }) => void
}

/** Bytes of a console's output on their way to a browser before the host is asked to wait. */
export const CONSOLE_WINDOW = 256 * 1024
