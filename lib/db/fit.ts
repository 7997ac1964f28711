import type { FitAnswer, FitConnection, FitQuery } from '@/lib/api/contract-fit'
import { parseMarker } from '@/lib/plan/marker'
import { fitTopology } from '@/lib/topology/fit/fit'
import type { Inventories } from '@/lib/topology/fit/fit-hosts'
import type { Inventory } from '@/lib/topology/fit/inventory'
import { rewriteText } from '@/lib/topology/rewrite'
import type { Db } from './client'
import { findInventory, listConnections } from './connections'
import { readTopology } from './parsed'
import { findRevision, toRevisionSummary } from './revisions'

/** Whose fit, and the connections that may be used for it; null: all. */
export type Fitted = { topologyId: string; panelId: string; within: readonly string[] | null }

/**
 * The head of a topology fitted to what the tests of the connections saw. Reads only; saving the text
 * is a revision like any other. Refuses an unknown topology (404).
 */
export async function fitHead(
  db: Db,
  { topologyId, panelId, within }: Fitted,
  { connection, answers }: FitQuery,
): Promise<FitAnswer> {
  const head = await findRevision(db, topologyId)
  const topology = readTopology(head.hash, head.text)
  const inventories: Record<string, Inventories[string]> = {}
  const connections: FitConnection[] = []
  for (const { id, name } of await listConnections(db)) {
    if (within !== null && !within.includes(id)) continue
    const inventory = await findInventory(db, id)
    const trouble = inventory?.nodes.flatMap((each) =>
      each.trouble === null ? [] : [{ node: each.node, reason: each.trouble }],
    )
    connections.push({ id, name, readAt: inventory?.at ?? null, trouble: trouble ?? [] })
    if (inventory) inventories[id] = { name, inventory: told(inventory, { panelId, topologyId }) }
  }
  const preferred = connection !== undefined && inventories[connection] ? connection : null
  const fitted = fitTopology(topology, { inventories, preferred, answers })
  return {
    revision: toRevisionSummary(head),
    connections,
    questions: fitted.questions,
    changes: fitted.changes,
    took: fitted.took,
    unmet: fitted.unmet,
    problems: fitted.problems,
    text: rewriteText(head.text, fitted.changes),
  }
}

/** The inventory with this topology's own guests told apart. */
function told(
  inventory: Inventory,
  { panelId, topologyId }: { panelId: string; topologyId: string },
): Inventory {
  const isOurs = (text: string | null) => {
    const marker = parseMarker(text)
    return marker?.panelId === panelId && marker.topologyId === topologyId
  }
  return {
    ...inventory,
    nodes: inventory.nodes.map((node) => ({
      ...node,
      facts: node.facts && {
        ...node.facts,
        guests: node.facts.guests.map((guest) => ({ ...guest, ours: isOurs(guest.marker) })),
      },
    })),
  }
}
