import type { Topology } from '@/lib/topology/topology'
import type { Db } from './client'
import { readTopology } from './parsed'
import { findRevision } from './revisions'

/** The heads of all topologies with a host that is reached by this connection. */
export async function documentsOn(db: Db, connectionId: string): Promise<Topology[]> {
  const hosts = await db.host.findMany({
    where: { connectionId },
    select: { topologyId: true },
    distinct: ['topologyId'],
  })
  return Promise.all(
    hosts.map(async ({ topologyId }) => {
      const { hash, text } = await findRevision(db, topologyId)
      return readTopology(hash, text)
    }),
  )
}
