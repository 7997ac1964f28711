import { PanelError } from '@/lib/base/errors'
import type { JobEvent } from '@/lib/jobs/journal'
import type { JobRecord } from '@/lib/jobs/step-record'
import type { Db, Tx } from './client'
import type { Prisma } from './generated/client'
import { transact } from './transact'

/** What one append does beside its events: the job's columns that follow from them. */
export type JobColumns = Prisma.JobUpdateManyMutationInput

export type Append = {
  jobId: string
  records: readonly JobRecord[]
  now: number
  /** The job must still be so; otherwise nothing is written and {@link LeaseLostError} is thrown. */
  where: Prisma.JobWhereInput
  columns?: JobColumns
}

/**
 * Appends events inside a transaction. The guard, the numbers and the columns are one statement,
 * and it is a write, so no other process can come between.
 */
export async function appendIn(tx: Tx, append: Append): Promise<JobEvent[]> {
  const { jobId, records, now, where, columns = {} } = append
  const { count } = await tx.job.updateMany({
    where: { AND: [{ id: jobId }, where] },
    data: { ...columns, lastSeq: { increment: records.length } },
  })
  if (count === 0) throw new LeaseLostError(jobId)
  const { lastSeq, epoch } = await tx.job.findUniqueOrThrow({
    where: { id: jobId },
    select: { lastSeq: true, epoch: true },
  })
  const events = records.map((record, i) => {
    const seq = lastSeq - records.length + 1 + i
    return { v: 1, jobId, seq, epoch, at: now, ...record } as JobEvent
  })
  await tx.jobEvent.createMany({ data: events.map(toRow) })
  return events
}

/**
 * Appends events of the worker that holds the lease of this epoch, in one transaction, and answers
 * them numbered. Durable once it resolves. Throws {@link LeaseLostError}.
 */
export function append(
  db: Db,
  { epoch, ...rest }: Omit<Append, 'where'> & { epoch: number },
): Promise<JobEvent[]> {
  return transact(db, (tx) => appendIn(tx, { ...rest, where: { epoch, status: 'running' } }))
}

/** Events with a number above `after`, in order. */
export async function readEvents(db: Db | Tx, jobId: string, after = 0): Promise<JobEvent[]> {
  const rows = await db.jobEvent.findMany({
    where: { jobId, seq: { gt: after } },
    orderBy: { seq: 'asc' },
  })
  return rows.map(
    ({ jobId: id, seq, epoch, at, type, dataJson }) =>
      ({
        v: 1,
        jobId: id,
        seq,
        epoch,
        at: at.getTime(),
        type,
        ...JSON.parse(dataJson),
      }) as JobEvent,
  )
}

/** A row of the table; the event's own fields are its data. */
export function toRow(event: JobEvent): Prisma.JobEventCreateManyInput {
  const { v: _, jobId, seq, epoch, at, type, ...data } = event
  return { jobId, seq, epoch, at: new Date(at), type, dataJson: JSON.stringify(data) }
}

/** Another worker has the job, or it ended or is gone. Whoever gets this stops touching it. */
export class LeaseLostError extends PanelError {
  readonly code = 'job.lease-lost'

  constructor(jobId: string) {
    super(`Job ${jobId} is no longer this worker's - another one took it over, or it ended.`)
  }
}
