import type { StepKind } from '@/lib/plan/step'
import type { Db } from './client'

/** So many of the newest of each kind count: a faster disk shows after a few deploys. */
const COUNTED = 20

/**
 * The median of the measured seconds of each kind of step, over the newest twenty. A kind that never
 * ran is absent.
 */
export async function readDurations(db: Db): Promise<Partial<Record<StepKind, number>>> {
  const rows = await db.$queryRaw<{ kind: string; seconds: number }[]>`
    SELECT kind, seconds FROM (
      SELECT kind, seconds, row_number() OVER (PARTITION BY kind ORDER BY at DESC, id DESC) AS age
      FROM StepDuration
    ) WHERE age <= ${COUNTED} ORDER BY kind, seconds`
  const byKind: Record<string, number[]> = {}
  for (const { kind, seconds } of rows) byKind[kind] = [...(byKind[kind] ?? []), seconds]
  return Object.fromEntries(
    Object.entries(byKind).map(([kind, sorted]) => [kind, sorted[(sorted.length - 1) >> 1]]),
  )
}

/** Notes how long a step that had to act really took. */
export async function recordDuration(
  db: Db,
  { kind, seconds, at }: { kind: StepKind; seconds: number; at: number },
): Promise<void> {
  await db.stepDuration.create({ data: { kind, seconds, at: new Date(at) } })
}

/** Forgets measurements that no median counts any more. */
export async function pruneDurations(db: Db): Promise<void> {
  await db.$executeRaw`DELETE FROM StepDuration WHERE id NOT IN (
    SELECT id FROM (
      SELECT id, row_number() OVER (PARTITION BY kind ORDER BY at DESC, id DESC) AS age
      FROM StepDuration
    ) WHERE age <= ${COUNTED})`
}
