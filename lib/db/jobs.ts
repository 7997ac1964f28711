import { randomBytes } from 'node:crypto'
import type { JobDetail, JobKind } from '@/lib/api/contract'
import { Refusal } from '@/lib/api/refusal'
import { PanelError } from '@/lib/base/errors'
import { foldJob } from '@/lib/jobs/fold'
import { type JobCan, whyNot } from '@/lib/jobs/job-can'
import type { JobEvent, JobStatus } from '@/lib/jobs/journal'
import { objectsOf } from '@/lib/jobs/objects'
import type { JobRecord } from '@/lib/jobs/step-record'
import type { Plan } from '@/lib/plan/plan'
import type { Json } from '@/lib/topology/change'
import { type Actor, type AuditNote, appendAudit } from './audit'
import type { Db, Tx } from './client'
import { findJobSummary } from './job-rows'
import { appendIn, type JobColumns, readEvents, toRow } from './journal'
import { transact } from './transact'

/** What a job is made from. A plan's job is approved by being asked for with the plan's hash. */
export type NewJob = {
  kind: JobKind
  title: string
  by: string
  topologyId?: string
  connectionId?: string
  plan?: Plan
  /** What an errand needs to know; plain JSON, no secrets. */
  args?: Record<string, unknown>
}

/** Sorts by time; 16 characters. */
const newJobId = (now: number) =>
  now.toString(36).padStart(9, '0') + randomBytes(5).toString('hex').slice(0, 7)

/**
 * Writes a job with its first events in one transaction and answers its id. Inside a caller's
 * transaction pass that as `db`; its first statement must have been a write.
 */
export async function enqueueJob(db: Db | Tx, job: NewJob, now: number): Promise<string> {
  const id = newJobId(now)
  const { kind, title, by, topologyId, connectionId, plan, args } = job
  const records: JobRecord[] = [
    { type: 'queued', by },
    ...(plan ? [{ type: 'approved' as const, by }] : []),
  ]
  const events = records.map(
    (record, i) => ({ v: 1, jobId: id, seq: i + 1, epoch: 0, at: now, ...record }) as JobEvent,
  )
  await db.job.create({
    data: {
      ...{ id, kind, title, by, topologyId, connectionId },
      ...{ status: 'queued', queuedAt: new Date(now), lastSeq: events.length },
      ...(plan ? planColumns(plan) : {}),
      argsJson: args === undefined ? null : JSON.stringify(args),
      events: {
        createMany: {
          data: events.map(toRow).map(({ jobId: _, ...row }) => row),
        },
      },
    },
  })
  return id
}

/** The columns that follow from a plan. */
export const planColumns = (plan: Plan) => ({
  goalJson: JSON.stringify(plan.goal),
  revision: plan.revision,
  planJson: JSON.stringify(plan),
  planHash: plan.hash,
  stepsTotal: plan.steps.length,
  objectsJson: JSON.stringify(objectsOf(plan.steps)),
})

/** What the audit log says of a plan: what it is for, which one exactly, and whom it is about. */
export const planInShort = (plan: Plan) => ({
  goal: plan.goal as Json,
  revision: plan.revision,
  planHash: plan.hash,
  steps: plan.steps.length,
  objects: [...new Set(objectsOf(plan.steps).map((path) => path.slice(0, 2).join('/')))],
})

/** A queued errand of the same kind and target, so that pressing Refresh twice asks once. */
export async function findQueuedErrand(
  db: Db | Tx,
  { kind, topologyId, connectionId }: Pick<NewJob, 'kind' | 'topologyId' | 'connectionId'>,
): Promise<string | null> {
  const row = await db.job.findFirst({
    where: {
      ...{ kind, status: 'queued' },
      ...{ topologyId: topologyId ?? null, connectionId: connectionId ?? null },
    },
    select: { id: true },
  })
  return row?.id ?? null
}

/** Everything about one job but its log. Null if there is none. */
export async function findJob(
  db: Db,
  id: string,
  now: number,
): Promise<Omit<JobDetail, 'lines'> | null> {
  const job = await findJobSummary(db, id, now)
  if (!job) return null
  const row = await db.job.findUnique({ where: { id }, select: { planJson: true } })
  const events = await readEvents(db, id)
  const plan = row?.planJson ? (JSON.parse(row.planJson) as Plan) : null
  return { job, state: foldJob(events), plan, events }
}

/**
 * Asks for the end of a job. One that does not run ends here and now; a running one ends when its
 * worker comes to the next await.
 */
export function requestCancel(
  db: Db,
  jobId: string,
  actor: Actor,
  now: number,
): Promise<JobEvent[]> {
  const asked: JobRecord = { type: 'cancel-asked', by: actor.name }
  return act(db, { action: 'cancel', jobId, actor, now }, (status) =>
    status === 'running'
      ? { records: [asked], columns: { cancelAsked: true } }
      : {
          records: [asked, { type: 'ended', outcome: 'cancelled', code: null, message: null }],
          columns: { status: 'cancelled', outcome: 'cancelled', endedAt: new Date(now) },
        },
  )
}

const QUEUED_AGAIN: JobColumns = {
  ...{ status: 'queued', outcome: null, endedAt: null, cancelAsked: false },
  ...{ errorCode: null, errorMessage: null, worker: null, leaseUntil: null },
}

/** Queues a failed or cancelled job again; it goes on from the steps that are not done. */
export const retryJob = (db: Db, jobId: string, actor: Actor, now: number): Promise<JobEvent[]> =>
  act(db, { action: 'retry', jobId, actor, now }, () => ({
    records: [{ type: 'retry-asked', by: actor.name }],
    columns: QUEUED_AGAIN,
  }))

/** Marks the failed steps as skipped, so that what needs them may run, and queues the job again. */
export function skipFailed(
  db: Db,
  jobId: string,
  { actor, reason }: { actor: Actor; reason: string },
  now: number,
): Promise<JobEvent[]> {
  const by = actor.name
  return act(db, { action: 'skip', jobId, actor, now }, (_, events) => {
    const { steps } = foldJob(events)
    const failed = Object.keys(steps).filter((stepId) => steps[stepId]?.status === 'failed')
    return {
      records: [
        ...failed.map((stepId) => ({ type: 'step-skipped' as const, stepId, by, reason })),
        { type: 'retry-asked', by },
      ],
      columns: { ...QUEUED_AGAIN, stepsDone: { increment: failed.length } },
      audit: { after: { skipped: failed }, note: reason },
    }
  })
}

/** The plan that a job carries out, or asks about; null for an errand and for no job. */
export async function findPlan(db: Db | Tx, jobId: string): Promise<Plan | null> {
  const row = await db.job.findUnique({ where: { id: jobId }, select: { planJson: true } })
  return row?.planJson ? (JSON.parse(row.planJson) as Plan) : null
}

/** Approves the plan that a job asks about, if it is the one of this hash; 409 `plan.stale`. */
export const approveJob = (
  db: Db,
  jobId: string,
  { actor, planHash }: { actor: Actor; planHash: string | undefined },
  now: number,
): Promise<JobEvent[]> =>
  act(db, { action: 'approve', jobId, actor, now }, (_, __, asked) => {
    if (asked !== planHash) {
      throw new Refusal(
        409,
        'plan.stale',
        'Nothing was approved - the job has another plan than the one you looked at - reload the page, look at the new plan and approve that.',
      )
    }
    return {
      records: [{ type: 'approved', by: actor.name }],
      columns: { status: 'queued' },
      audit: { after: { planHash: asked } },
    }
  })

type Acted = {
  records: JobRecord[]
  columns: JobColumns
  /** What the audit log says beside who did what to which job. */
  audit?: { after?: { [key: string]: Json }; note?: string }
}

type Asked = { action: JobCan; jobId: string; actor: Actor; now: number }

/** One action of a person, if the job's status allows it at this very moment. */
function act(
  db: Db,
  { action, jobId, actor, now }: Asked,
  decide: (status: JobStatus, events: readonly JobEvent[], planHash: string | null) => Acted,
): Promise<JobEvent[]> {
  return transact(db, async (tx) => {
    // A write first: from here on no other process changes the job (lib/db/client.ts).
    await tx.job.updateMany({ where: { id: jobId }, data: { lastSeq: { increment: 0 } } })
    const row = await tx.job.findUnique({
      where: { id: jobId },
      select: { status: true, planHash: true, title: true, topologyId: true },
    })
    if (!row) throw new JobNotFoundError(jobId)
    const status = row.status as JobStatus
    const reason = whyNot(action, status)
    if (reason !== null) throw new JobActionError(reason)
    const {
      records,
      columns,
      audit = {},
    } = decide(status, await readEvents(tx, jobId), row.planHash)
    const note: AuditNote = {
      ...{ action: `job.${action}`, object: { kind: 'job', id: jobId } },
      topologyId: row.topologyId,
      ...{ before: { status }, after: { title: row.title, ...audit.after } },
      ...(audit.note === undefined ? {} : { note: audit.note }),
    }
    const events = await appendIn(tx, { jobId, records, now, where: { status }, columns })
    await appendAudit(tx, actor, note, now)
    return events
  })
}

/** The job's status does not allow this (any more). */
export class JobActionError extends PanelError {
  readonly code = 'job.not-now'
}

export class JobNotFoundError extends PanelError {
  readonly code = 'job.not-found'

  constructor(jobId: string) {
    super(`There is no job ${jobId}; it may have been removed with its logs.`)
  }
}
