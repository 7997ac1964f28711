import type { Observed } from '@/lib/plan/observed'
import type { Db, Tx } from './client'

/** What was read last for a topology; null when it was never looked at. */
export async function findObserved(db: Db | Tx, topologyId: string): Promise<Observed | null> {
  const row = await db.observation.findUnique({ where: { topologyId } })
  return row ? (JSON.parse(row.json) as Observed) : null
}

/** Stores what was read, over what was read before. An older reading never replaces a newer one. */
export async function putObserved(db: Db, topologyId: string, observed: Observed): Promise<void> {
  const at = new Date(observed.at)
  await db.$executeRaw`INSERT INTO Observation (topologyId, at, json)
    VALUES (${topologyId}, ${at}, ${JSON.stringify(observed)})
    ON CONFLICT (topologyId) DO UPDATE SET at = excluded.at, json = excluded.json
    WHERE excluded.at >= Observation.at`
}
