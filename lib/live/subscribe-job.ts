import type { JobEvent } from '@/lib/jobs/journal'
import {
  emptyJobStream,
  type JobStreamState,
  withEvents,
  withLines,
  withMissed,
} from './job-stream'
import type { LogLine } from './log-line'
import type { LiveSocket } from './socket'

/** A job as a browser follows it. */
export type JobFollowed = JobStreamState & {
  /** `joining` until all that was stored is here, then `live`; `reconnecting` while the line is down. */
  status: 'joining' | 'live' | 'reconnecting'
  /** Why it cannot be followed at all (no such job, not allowed); null otherwise. */
  error: string | null
}

/** How long the server may take to answer a join, in milliseconds. */
const ANSWER_MS = 15_000

/**
 * Follows one job: asks for what was stored after what it holds, then takes the stream; does the
 * same after each reconnect, and whenever a batch would leave a gap. Call `stop` when done.
 */
export class JobSubscription {
  #state: JobFollowed = { ...emptyJobStream, status: 'joining', error: null }
  #joining = false
  /** Batches that came while an answer was on its way. */
  #waiting: { lines?: readonly LogLine[]; events?: readonly JobEvent[] }[] = []

  constructor(
    private readonly socket: LiveSocket,
    private readonly jobId: string,
    private readonly changed: () => void,
  ) {
    socket.on('connect', this.#join)
    socket.on('disconnect', this.#down)
    socket.on('job-lines', this.#lines)
    socket.on('job-events', this.#events)
    if (socket.connected) this.#join()
  }

  /** The same object until something changed. */
  get state(): JobFollowed {
    return this.#state
  }

  stop(): void {
    this.socket.off('connect', this.#join)
    this.socket.off('disconnect', this.#down)
    this.socket.off('job-lines', this.#lines)
    this.socket.off('job-events', this.#events)
    if (this.socket.connected) this.socket.emit('leave-job', { jobId: this.jobId })
  }

  #join = (): void => {
    if (this.#joining) return
    this.#joining = true
    const { lines, events } = this.#state
    this.socket
      .timeout(ANSWER_MS)
      .emitWithAck('join-job', {
        jobId: this.jobId,
        afterLine: lines.at(-1)?.n ?? 0,
        afterSeq: events.at(-1)?.seq ?? 0,
      })
      .then((missed) => {
        this.#joining = false
        if (missed.ok) this.#answered(missed)
        else this.#set({ ...this.#state, error: missed.message })
      })
      // No answer: the line went down, or the server is busy. Joining again loses nothing.
      .catch(() => this.#again())
  }

  #answered(missed: { lines: LogLine[]; events: JobEvent[]; lastLine: number }): void {
    let next: JobStreamState | null = withMissed(this.#state, missed)
    let complete = next.caughtUp
    for (const { lines = [], events = [] } of this.#waiting.splice(0)) {
      const taken: JobStreamState | null = withLines(next, lines)
      const both: JobStreamState | null = taken && withEvents(taken, events)
      if (!both) {
        complete = false
        break
      }
      next = both
    }
    this.#set({ ...next, status: complete ? 'live' : 'joining', error: null })
    if (!complete) this.#join()
  }

  #again(): void {
    this.#joining = false
    if (this.socket.connected) this.#join()
  }

  #down = (): void => {
    this.#waiting = []
    this.#set({ ...this.#state, status: 'reconnecting' })
  }

  #lines = ({ jobId, lines }: { jobId: string; lines: LogLine[] }): void => {
    if (jobId === this.jobId) this.#receive({ lines })
  }

  #events = ({ jobId, events }: { jobId: string; events: JobEvent[] }): void => {
    if (jobId === this.jobId) this.#receive({ events })
  }

  #receive(batch: { lines?: readonly LogLine[]; events?: readonly JobEvent[] }): void {
    if (this.#joining) {
      this.#waiting.push(batch)
      return
    }
    const next = batch.lines
      ? withLines(this.#state, batch.lines)
      : withEvents(this.#state, batch.events ?? [])
    if (next) this.#set({ ...this.#state, ...next })
    else this.#join()
  }

  #set(next: JobFollowed): void {
    this.#state = next
    this.changed()
  }
}
