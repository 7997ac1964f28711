import { appendAudit } from './audit'
import type { BackupManifest } from './backup'
import { openDb, type Tx } from './client'
import { appendIn } from './journal'
import { transact } from './transact'

/** Statuses from which a worker, or a press of a button, would go on. */
const NOT_OVER = ['queued', 'running', 'paused', 'awaiting-approval']

/**
 * Makes a restored database fit to run, in one transaction: sessions and tickets end, since what was
 * revoked after the backup must not count again; jobs that were not over are cancelled, since the
 * world went on without them and a started job is never planned again; the audit log says so.
 * Answers how many jobs that were.
 */
export async function makeFit(
  file: string,
  { manifest, now, by }: { manifest: BackupManifest; now: number; by: string },
): Promise<number> {
  const db = await openDb(file)
  let cancelled = 0
  try {
    cancelled = await transact(db, async (tx) => {
      const sessions = await tx.session.deleteMany()
      await tx.ticket.deleteMany()
      const jobs = await cancelJobs(tx, now)
      await appendAudit(
        tx,
        { id: null, name: by, via: 'box', from: null },
        {
          action: 'panel.restore',
          object: { kind: 'backup', id: manifest.name },
          after: { version: manifest.version, sessionsEnded: sessions.count, jobsCancelled: jobs },
        },
        now,
      )
      return jobs
    })
  } finally {
    await db.$disconnect()
  }
  return cancelled
}

async function cancelJobs(tx: Tx, now: number): Promise<number> {
  const jobs = await tx.job.findMany({ where: { status: { in: NOT_OVER } }, select: { id: true } })
  for (const { id } of jobs) {
    await appendIn(tx, {
      jobId: id,
      records: [{ type: 'ended', outcome: 'cancelled', code: 'job.restored', message: WHY }],
      now,
      where: { status: { in: NOT_OVER } },
      columns: {
        ...{ status: 'cancelled', outcome: 'cancelled', endedAt: new Date(now) },
        ...{ cancelAsked: false, worker: null, leaseUntil: null },
        ...{ errorCode: 'job.restored', errorMessage: WHY },
      },
    })
  }
  return jobs.length
}

const WHY =
  'The panel was restored from a backup that was made while this job was not over - what it did after that is not known here - look at its topology and plan again.'
