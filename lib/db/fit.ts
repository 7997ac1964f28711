import type { FitAnswer, FitConnection, FitQuery } from '@/lib/api/contract-fit'
import { parseMarker } from '@/lib/plan/marker'
import type { Observed } from '@/lib/plan/observed'
import { sightingsOf, vmMacs } from '@/lib/plan/sightings'
import { fitTopology } from '@/lib/topology/fit/fit'
import type { Inventories } from '@/lib/topology/fit/fit-hosts'
import type { SeenAddress } from '@/lib/topology/fit/fitting'
import type { Inventory } from '@/lib/topology/fit/inventory'
import { ownMacs, strangerText } from '@/lib/topology/ipam-sighting'
import { rewriteText } from '@/lib/topology/rewrite'
import type { Topology } from '@/lib/topology/topology'
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
  const { connections, inventories } = await readInventories(db, { topologyId, panelId, within })
  const preferred = connection !== undefined && inventories[connection] ? connection : null
  const machines = Object.keys(inventories)
  const seen = await seenAround(db, { topologyId, topology, machines })
  const fitted = fitTopology(topology, { inventories, preferred, answers, seen })
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

/** The connections that may be used, and what their tests read, with this topology's guests told apart. */
export async function readInventories(
  db: Db,
  { topologyId, panelId, within }: Fitted,
): Promise<{ connections: FitConnection[]; inventories: Record<string, Inventories[string]> }> {
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
  return { connections, inventories }
}

/**
 * Addresses at which the panel saw somebody within a week, and those that other topologies on these
 * machines (ids of connections) give to their VMs: what a save gives to nobody either. Of what another
 * topology saw or has it is not told who.
 */
async function seenAround(
  db: Db,
  {
    topologyId,
    topology,
    machines,
  }: { topologyId: string; topology: Topology; machines: string[] },
): Promise<SeenAddress[]> {
  const observations = await db.observation.findMany({ select: { topologyId: true, json: true } })
  const looks = observations.map((row) => ({
    own: row.topologyId === topologyId,
    observed: JSON.parse(row.json) as Observed,
  }))
  const ours = ownMacs(topology)
  for (const { own, observed } of looks) if (own) for (const mac of vmMacs(observed)) ours.add(mac)
  const met = looks.flatMap(({ own, observed }) =>
    sightingsOf(observed)
      .filter(({ mac }) => mac === null || !ours.has(mac))
      .map((each) => ({
        address: each.address,
        owner: own ? strangerText(each) : 'a machine that the panel saw',
      })),
  )
  const beside = await db.host.findMany({
    where: { connectionId: { in: machines }, topologyId: { not: topologyId } },
    select: { topologyId: true },
    distinct: ['topologyId'],
  })
  const nics = await db.nic.findMany({
    where: { topologyId: { in: beside.map((each) => each.topologyId) }, address: { not: null } },
    select: { address: true },
  })
  const promised = nics.map(({ address }) => ({
    address: address ?? '',
    owner: 'a VM of another topology of this panel',
  }))
  return [...met, ...promised]
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
