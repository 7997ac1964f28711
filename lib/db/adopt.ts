import type { AdoptAnswer, AdoptQuery } from '@/lib/api/contract-adopt'
import { adoptMachines } from '@/lib/topology/adopt/adopt'
import { rewriteText } from '@/lib/topology/rewrite'
import type { Db } from './client'
import { type Fitted, readInventories } from './fit'
import { readTopology } from './parsed'
import { findRevision, toRevisionSummary } from './revisions'

/**
 * What runs on the machines of a connection, as its last test read it, drawn into the head of a topology.
 * Reads only; saving the text is a revision like any other. Refuses an unknown topology (404).
 */
export async function adoptIntoHead(
  db: Db,
  whose: Fitted,
  { connection, answers }: AdoptQuery,
): Promise<AdoptAnswer> {
  const head = await findRevision(db, whose.topologyId)
  const { connections, inventories } = await readInventories(db, whose)
  const [first = null] = Object.keys(inventories)
  const chosen = connection !== undefined && inventories[connection] ? connection : first
  const drawn = adoptMachines(readTopology(head.hash, head.text), {
    ...{ inventories, answers },
    connection: chosen ?? '',
  })
  const { found, questions, changes, problems } = drawn
  return {
    ...{ revision: toRevisionSummary(head), connections, connection: chosen },
    ...{ found, questions, changes, problems },
    text: rewriteText(head.text, changes),
  }
}
