import type { Role } from '@/lib/api/contract'
import type { Db } from './client'
import { IDLE_MS } from './sessions'

/** The role of a session's person, and those on single topologies. */
export type StandingRow = { id: string; role: string; grants: Record<string, Role> }

/**
 * Of these sessions those that have not ended and whose person is not disabled, in one statement
 * that only reads: it is asked every few seconds. `now` is UTC milliseconds.
 */
export async function readStandings(
  db: Db,
  sessionIds: readonly string[],
  now: number,
): Promise<StandingRow[]> {
  const rows = await db.$queryRaw<{ id: string; role: string; grantsJson: string }[]>`
    SELECT s.id AS id, u.role AS role,
      (SELECT json_group_object(g.topologyId, g.role) FROM TopologyGrant g WHERE g.userId = u.id) AS grantsJson
    FROM Session s JOIN User u ON u.id = s.userId
    WHERE s.id IN (SELECT value FROM json_each(${JSON.stringify(sessionIds)}))
      AND s.expiresAt > ${now} AND NOT u.disabled
      AND COALESCE(s.lastSeenAt, ${now}) >
        ${now} - CASE s.kind WHEN 'phone' THEN ${IDLE_MS.phone} ELSE ${IDLE_MS.browser} END`
  return rows.map(({ id, role, grantsJson }) => ({
    ...{ id, role },
    grants: JSON.parse(grantsJson) as Record<string, Role>,
  }))
}
