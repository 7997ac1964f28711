import type { JobKind, JobSummary } from '@/lib/api/contract'
import { foldJob } from '@/lib/jobs/fold'
import type { JobOutcome, JobStatus } from '@/lib/jobs/journal'
import type { Objects } from '@/lib/jobs/objects'
import type { QueuedJob } from '@/lib/jobs/queue'
import { queuePlace } from '@/lib/jobs/queue'
import { timeLeft } from '@/lib/jobs/time-left'
import type { Plan } from '@/lib/plan/plan'
import type { Db, Tx } from './client'
import type { Job } from './generated/client'
import { readEvents } from './journal'
import { EVERYTHING, type Sight } from './sight'

/** A job's row with its JSON columns read. */
export type JobRow = Omit<Job, 'planJson' | 'goalJson' | 'objectsJson' | 'argsJson'> & {
  plan: Plan | null
  objects: Objects
  args: Record<string, unknown>
}

export function readJobRow({ planJson, goalJson: _, objectsJson, argsJson, ...row }: Job): JobRow {
  return {
    ...row,
    plan: planJson === null ? null : (JSON.parse(planJson) as Plan),
    objects: JSON.parse(objectsJson) as Objects,
    args: argsJson === null ? {} : (JSON.parse(argsJson) as Record<string, unknown>),
  }
}

/** Columns that decide about the queue; the plan, which is large, stays where it is. */
export const QUEUE_COLUMNS = { id: true, title: true, topologyId: true, objectsJson: true } as const

export const toQueued = (row: Pick<Job, keyof typeof QUEUE_COLUMNS>): QueuedJob => ({
  id: row.id,
  title: row.title,
  topologyId: row.topologyId,
  objects: JSON.parse(row.objectsJson) as Objects,
})

/** Jobs that run now, and those that wait, in the order in which they may start. */
export async function readQueue(
  db: Db | Tx,
): Promise<{ running: QueuedJob[]; queued: QueuedJob[] }> {
  const rows = await db.job.findMany({
    where: { status: { in: ['running', 'queued'] } },
    select: { ...QUEUE_COLUMNS, status: true },
    orderBy: [{ queuedAt: 'asc' }, { id: 'asc' }],
  })
  return {
    running: rows.filter((row) => row.status === 'running').map(toQueued),
    queued: rows.filter((row) => row.status === 'queued').map(toQueued),
  }
}

const SUMMARY_COLUMNS = {
  ...QUEUE_COLUMNS,
  ...{ connectionId: true, kind: true, revision: true, status: true, outcome: true, by: true },
  ...{ queuedAt: true, startedAt: true, endedAt: true, stepsDone: true, stepsTotal: true },
  ...{ errorCode: true, errorMessage: true },
} as const

export type JobFilter = {
  topologyId?: string
  status?: JobStatus
  kind?: JobKind
  /** Only jobs before this id, for paging. */
  before?: string
  limit?: number
  /** Only those that somebody may see; absent: all. */
  sight?: Sight
}

/** Newest first, at most `limit` (default 50). */
export async function listJobs(db: Db, filter: JobFilter, now: number): Promise<JobSummary[]> {
  const { topologyId, status, kind, before, limit = 50, sight = EVERYTHING } = filter
  const rows = await db.job.findMany({
    where: {
      ...{ topologyId, status, kind },
      ...(before === undefined ? {} : { id: { lt: before } }),
      ...seenBy(sight),
    },
    select: SUMMARY_COLUMNS,
    orderBy: { id: 'desc' },
    take: limit,
  })
  return summarise(db, rows, now)
}

/** Jobs of topologies that are seen, and tests of connections that are. */
function seenBy({ topologies, connections }: Sight) {
  const ofConnection = {
    topologyId: null,
    ...(connections === null ? {} : { connectionId: { in: [...connections] } }),
  }
  return { OR: [{ topologyId: { not: null, ...topologies } }, ofConnection] }
}

/** Null if there is no such job. */
export async function findJobSummary(db: Db, id: string, now: number): Promise<JobSummary | null> {
  const row = await db.job.findUnique({ where: { id }, select: SUMMARY_COLUMNS })
  return row === null ? null : ((await summarise(db, [row], now))[0] ?? null)
}

type SummaryRow = Pick<Job, keyof typeof SUMMARY_COLUMNS>

async function summarise(db: Db, rows: readonly SummaryRow[], now: number): Promise<JobSummary[]> {
  const queue = rows.some((row) => row.status === 'queued') ? await readQueue(db) : null
  return Promise.all(
    rows.map(async (row) => ({
      ...{ id: row.id, title: row.title, topologyId: row.topologyId },
      ...{ connectionId: row.connectionId, revision: row.revision, by: row.by },
      ...{ stepsDone: row.stepsDone, stepsTotal: row.stepsTotal },
      kind: row.kind as JobKind,
      status: row.status as JobStatus,
      outcome: row.outcome as JobOutcome | null,
      queuedAt: row.queuedAt.getTime(),
      startedAt: row.startedAt?.getTime() ?? null,
      endedAt: row.endedAt?.getTime() ?? null,
      leftMs: row.status === 'running' ? await leftMs(db, row.id, now) : null,
      queue:
        row.status === 'queued' && queue
          ? queuePlace(toQueued(row), queue.running, queue.queued)
          : null,
      error:
        row.errorCode === null
          ? null
          : { code: row.errorCode, message: row.errorMessage ?? row.errorCode },
    })),
  )
}

async function leftMs(db: Db, id: string, now: number): Promise<number | null> {
  const row = await db.job.findUnique({ where: { id }, select: { planJson: true } })
  if (!row?.planJson) return null
  const plan = JSON.parse(row.planJson) as Plan
  return timeLeft(plan, foldJob(await readEvents(db, id)), now)
}
