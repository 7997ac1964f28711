import { type KnownSecrets, maskText } from '@/lib/base/mask'
import type { Db } from '@/lib/db/client'
import type { Lease } from '@/lib/db/job-claims'
import { append, type JobColumns } from '@/lib/db/journal'
import type { JobEvent } from '@/lib/jobs/journal'
import type { JobRecord } from '@/lib/jobs/step-record'
import type { LogSink } from './log-sink'
import type { Tell } from './tell'

export type JobJournalOptions = {
  db: Db
  lease: Lease
  log: LogSink
  known: KnownSecrets
  tell: Tell
  now(): number
}

/**
 * Writes a running job's events: what a step said is stored before what became of it, an event is
 * durable before it is acted on, and browsers are told afterwards. One append at a time, so that
 * events have the order in which they were asked for.
 */
export class JobJournal {
  #last: Promise<unknown> = Promise.resolve()

  constructor(private readonly options: JobJournalOptions) {}

  /** Rejects with `LeaseLostError` when the job is another worker's. */
  record(record: JobRecord): Promise<void> {
    const { db, lease, log, known, tell, now } = this.options
    const writing = this.#last.then(async () => {
      log.flush()
      const masked =
        'message' in record && record.message !== null ? maskMessage(record, known) : record
      const events = await append(db, {
        ...{ ...lease, now: now(), records: [masked] },
        columns: columnsOf(record),
      })
      tell('job-events', { jobId: lease.jobId, events })
      if (record.type === 'step-succeeded') tell('jobs-changed', { jobId: lease.jobId })
    })
    this.#last = writing.catch(() => undefined) // Its caller was told; the next one asks the lease anew.
    return writing
  }

  /** Tells browsers about events that were written elsewhere (a claim, an ending). */
  tellWritten(events: JobEvent[]): void {
    const { jobId } = this.options.lease
    this.options.tell('job-events', { jobId, events })
    this.options.tell('jobs-changed', { jobId })
  }
}

const maskMessage = <R extends { message: string | null }>(record: R, known: KnownSecrets): R => ({
  ...record,
  message: record.message === null ? null : maskText(known, record.message),
})

/** The job's row follows what happened to its steps. */
const columnsOf = (record: JobRecord): JobColumns =>
  record.type === 'step-succeeded' ? { stepsDone: { increment: 1 } } : {}
