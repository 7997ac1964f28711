import type { Db } from './client'

/** A filter on topology ids, as queries take it; `{}` is every topology. */
export type Within = { in?: string[]; notIn?: string[] }

/** What somebody may see: topologies, and connections of the panel (null: all of them). */
export type Sight = {
  topologies: Within
  connections: readonly string[] | null
  /** Of the panel's own faults: with paths and places for who mends them, in short, or none. */
  panel: 'whole' | 'short' | 'none'
}

/** The panel itself sees everything. */
export const EVERYTHING: Sight = { topologies: {}, connections: null, panel: 'whole' }

/** Whether this topology is one of those. */
export const isWithin = (within: Within, topologyId: string): boolean =>
  (within.in?.includes(topologyId) ?? true) && !(within.notIn?.includes(topologyId) ?? false)

/** The connections that the hosts of these topologies name. */
export async function connectionsWithin(db: Db, topologies: Within): Promise<string[]> {
  const rows = await db.host.findMany({
    where: { topologyId: topologies, connectionId: { not: null } },
    select: { connectionId: true },
    distinct: ['connectionId'],
  })
  return rows.flatMap(({ connectionId }) => connectionId ?? [])
}

/** The topologies whose hosts name this connection. */
export async function topologiesOfConnection(db: Db, connectionId: string): Promise<string[]> {
  const rows = await db.host.findMany({
    where: { connectionId },
    select: { topologyId: true },
    distinct: ['topologyId'],
  })
  return rows.map(({ topologyId }) => topologyId)
}

/** What a job is about; null when there is no such job. */
export function findJobAbout(
  db: Db,
  id: string,
): Promise<{ topologyId: string | null; connectionId: string | null } | null> {
  return db.job.findUnique({ where: { id }, select: { topologyId: true, connectionId: true } })
}
