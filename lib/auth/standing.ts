import type { Me } from '@/lib/api/contract'
import type { Db } from '@/lib/db/client'
import { readStandings } from '@/lib/db/standings'
import { parseRole } from './access'

/** What a person may, as one text to compare: the role everywhere and those on single topologies. */
export type Standing = string

export const standingOf = ({ role, grants }: Pick<Me, 'role' | 'grants'>): Standing =>
  JSON.stringify([role, Object.entries(grants).toSorted(([a], [b]) => (a < b ? -1 : 1))])

/**
 * What the people of these sessions may at `now` (UTC milliseconds), by session id. One that ended,
 * or whose person is disabled, is not in it.
 */
export async function findStandings(
  db: Db,
  sessionIds: readonly string[],
  now: number,
): Promise<ReadonlyMap<string, Standing>> {
  const rows = await readStandings(db, sessionIds, now)
  return new Map(
    rows.map(({ id, role, grants }) => [id, standingOf({ role: parseRole(role), grants })]),
  )
}
