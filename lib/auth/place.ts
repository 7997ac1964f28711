import type { Db } from '@/lib/db/client'
import { findJobAbout, topologiesOfConnection } from '@/lib/db/sight'
import type { Of } from './access'

/** The one thing that a request or a socket's event is about, and the topologies it belongs to. */
export type Place = {
  kind: 'topology' | 'job' | 'connection'
  id: string
  topologies: readonly string[]
  /** Whether what a person may everywhere counts as well: connections are the panel's. */
  ofPanel: boolean
}

/** Finds the place of an id; one that does not exist belongs to no topology. */
export type FindPlace = (kind: Place['kind'], id: string) => Promise<Place>

/** {@link FindPlace} from what is stored. */
export const placesIn =
  (db: Db): FindPlace =>
  async (kind, id) => {
    if (kind === 'topology') return { kind, id, topologies: [id], ofPanel: false }
    if (kind === 'connection') return placeOfConnection(db, kind, id)
    const job = await findJobAbout(db, id)
    if (job?.topologyId) return { kind, id, topologies: [job.topologyId], ofPanel: false }
    // The test of a connection belongs to whom the connection does.
    if (job?.connectionId) return { ...(await placeOfConnection(db, kind, job.connectionId)), id }
    return { kind, id, topologies: [], ofPanel: false }
  }

async function placeOfConnection(db: Db, kind: Place['kind'], id: string): Promise<Place> {
  return { kind, id, topologies: await topologiesOfConnection(db, id), ofPanel: true }
}

/** Which part of a route's path names its place, by the row's `of`; null: it has none. */
export const placeNamed = (of: Of): { kind: Place['kind']; part: 't' | 'id' } | null => {
  if (of === 'topology') return { kind: 'topology', part: 't' }
  return of === 'job' || of === 'connection' ? { kind: of, part: 'id' } : null
}
