import type { JobEvent, JobOutcome } from '@/lib/jobs/journal'
import { blockerOf } from '@/lib/jobs/queue'
import type { JobRecord } from '@/lib/jobs/step-record'
import type { Plan } from '@/lib/plan/plan'
import type { Json } from '@/lib/topology/change'
import { appendAudit } from './audit'
import type { Db, Tx } from './client'
import { type JobRow, QUEUE_COLUMNS, readJobRow, toQueued } from './job-rows'
import { planColumns, planInShort } from './jobs'
import { appendIn, LeaseLostError } from './journal'
import { transact } from './transact'
import { THE_PROVISIONER } from './who'

/** A job that this worker holds until `leaseUntil`, and what the claim wrote. */
export type Claim = { row: JobRow; epoch: number; events: JobEvent[] }

export type ClaimOptions = { worker: string; leaseMs: number; now: number }

/**
 * The next job that may run: one whose worker let its lease run out, else the first in the queue
 * that changes nothing which a running job, or one before it in the queue, changes too. Null when
 * there is none; then nothing was written.
 */
export async function claimNext(db: Db, options: ClaimOptions): Promise<Claim | null> {
  const mayBe = await db.job.findFirst({ where: claimable(options.now), select: { id: true } })
  if (!mayBe) return null
  return transact(db, async (tx) => {
    // A write that changes nothing: two claimers go one after the other from here on.
    await tx.job.updateMany({ where: { id: '' }, data: { cancelAsked: false } })
    const id = await chooseNext(tx, options.now)
    return id === null ? null : take(tx, id, options)
  })
}

const claimable = (now: number) => ({
  OR: [{ status: 'queued' }, { status: 'running', leaseUntil: { lt: new Date(now) } }],
})

async function chooseNext(tx: Tx, now: number): Promise<string | null> {
  const rows = await tx.job.findMany({
    where: { status: { in: ['running', 'queued'] } },
    select: { ...QUEUE_COLUMNS, status: true, leaseUntil: true },
    orderBy: [{ queuedAt: 'asc' }, { id: 'asc' }],
  })
  const abandoned = rows.find(
    (row) => row.status === 'running' && (row.leaseUntil?.getTime() ?? 0) < now,
  )
  if (abandoned) return abandoned.id
  const ahead = rows.filter((row) => row.status === 'running').map(toQueued)
  for (const row of rows.filter((each) => each.status === 'queued')) {
    const job = toQueued(row)
    if (!blockerOf(job, ahead)) return job.id
    ahead.push(job)
  }
  return null
}

async function take(tx: Tx, id: string, { worker, leaseMs, now }: ClaimOptions): Promise<Claim> {
  const before = await tx.job.findUniqueOrThrow({ where: { id } })
  const last = await tx.jobEvent.findFirst({ where: { jobId: id }, orderBy: { seq: 'desc' } })
  const interruptedAt = before.status === 'running' ? (last?.at.getTime() ?? now) : null
  const records: JobRecord[] = [{ type: 'claimed', worker }]
  if (interruptedAt !== null) records.push({ type: 'resumed', by: worker, interruptedAt })
  const events = await appendIn(tx, {
    ...{ jobId: id, records, now },
    where: { epoch: before.epoch, status: before.status },
    columns: {
      ...{ status: 'running', worker, epoch: { increment: 1 } },
      leaseUntil: new Date(now + leaseMs),
      startedAt: before.startedAt ?? new Date(now),
    },
  })
  const row = readJobRow(await tx.job.findUniqueOrThrow({ where: { id } }))
  return { row, epoch: row.epoch, events }
}

export type Lease = { jobId: string; epoch: number }

const held = ({ jobId, epoch }: Lease) => ({ id: jobId, epoch, status: 'running' })

/**
 * Renews the lease and answers whether somebody asked for cancel. Throws {@link LeaseLostError} when
 * the job is another worker's.
 */
export async function heartbeat(
  db: Db,
  lease: Lease,
  leaseUntil: number,
): Promise<{ cancelAsked: boolean }> {
  const data = { leaseUntil: new Date(leaseUntil) }
  const { count } = await db.job.updateMany({ where: held(lease), data })
  if (count === 0) throw new LeaseLostError(lease.jobId)
  return isCancelAsked(db, lease)
}

/** Reads only; for the wake-up after somebody pressed Cancel. */
export async function isCancelAsked(db: Db, lease: Lease): Promise<{ cancelAsked: boolean }> {
  const row = await db.job.findFirst({ where: held(lease), select: { cancelAsked: true } })
  if (!row) throw new LeaseLostError(lease.jobId)
  return { cancelAsked: row.cancelAsked }
}

/** Gives a job back unfinished: the next claim takes it at once and carries on. */
export async function releaseJob(db: Db, lease: Lease): Promise<void> {
  await db.job.updateMany({ where: held(lease), data: { leaseUntil: new Date(0) } })
}

/**
 * Makes the jobs of workers that are gone claimable at once; without it they wait for their lease
 * to run out. `isGone` is asked with a worker's name. Answers how many jobs there were.
 */
export async function rescueJobs(db: Db, isGone: (worker: string) => boolean): Promise<number> {
  const running = await db.job.findMany({
    where: { status: 'running', leaseUntil: { gt: new Date(0) } },
    select: { id: true, epoch: true, worker: true },
  })
  const lost = running.filter(({ worker }) => worker === null || isGone(worker))
  for (const { id, epoch } of lost) await releaseJob(db, { jobId: id, epoch })
  return lost.length
}

export type Ending = {
  outcome: JobOutcome
  error: { code: string; message: string } | null
  now: number
}

/** The end of a job, for the worker that holds it; in the audit log unless it only read. */
export function finishJob(
  db: Db,
  lease: Lease,
  { outcome, error, now }: Ending,
): Promise<JobEvent[]> {
  const { code = null, message = null } = error ?? {}
  return transact(db, async (tx) => {
    const events = await appendIn(tx, {
      ...{ jobId: lease.jobId, now, where: held(lease) },
      records: [{ type: 'ended', outcome, code, message }],
      columns: {
        ...{ status: outcome, outcome, endedAt: new Date(now), cancelAsked: false },
        ...{ errorCode: code, errorMessage: message, worker: null, leaseUntil: null },
      },
    })
    await auditPlanned(tx, lease.jobId, {
      action: 'job.end',
      now,
      after: { outcome, code, message },
    })
    return events
  })
}

/** What the provisioner did by itself to a job with a plan; errands only read, many times a day. */
async function auditPlanned(
  tx: Tx,
  id: string,
  { action, now, after, note = '' }: Told,
): Promise<void> {
  const row = readJobRow(await tx.job.findUniqueOrThrow({ where: { id } }))
  if (row.plan === null) return
  await appendAudit(
    tx,
    THE_PROVISIONER,
    {
      ...{ action, object: { kind: 'job', id }, topologyId: row.topologyId, note },
      after: { title: row.title, ...planInShort(row.plan), ...after },
    },
    now,
  )
}

type Told = {
  action: 'job.end' | 'job.ask-approval'
  now: number
  after?: { [key: string]: Json }
  note?: string
}

/** The plan is another now than what was approved: it replaces the old one and waits for approval. */
export function askApproval(
  db: Db,
  lease: Lease,
  { plan, reason, now }: { plan: Plan; reason: string; now: number },
): Promise<JobEvent[]> {
  return transact(db, async (tx) => {
    const events = await appendIn(tx, {
      ...{ jobId: lease.jobId, now, where: held(lease) },
      records: [{ type: 'approval-asked', reason }],
      columns: {
        ...planColumns(plan),
        ...{ status: 'awaiting-approval', worker: null, leaseUntil: null },
      },
    })
    await auditPlanned(tx, lease.jobId, { action: 'job.ask-approval', now, note: reason })
    return events
  })
}
