import type {
  Layout,
  Revision,
  RevisionSummary,
  TopologyHead,
  TopologySummary,
} from '@/lib/api/contract'
import { diff } from '@/lib/topology/diff'
import type { Actor } from './audit'
import type { Db, Tx } from './client'
import { listConnections } from './connections'
import { readLayout } from './layout'
import { readTopology } from './parsed'
import {
  findRevision,
  insertRevision,
  parseOrRefuse,
  toRevisionSummary,
  toStored,
} from './revisions'
import type { Within } from './sight'
import { problemsBeside, problemsOf, unmanagedAround } from './strangers'
import { transact } from './transact'

/** Topologies (absent a filter: every one) with the state of their heads, by name. */
export async function listTopologies(db: Db, within: Within = {}): Promise<TopologySummary[]> {
  const rows = await db.topology.findMany({
    where: { id: within },
    include: { _count: { select: { vms: true } } },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  })
  return Promise.all(
    rows.map(async (row) => {
      const head = await findRevision(db, row.id)
      const problems = await problemsOf(db, head)
      const count = (severity: string) =>
        problems.filter((problem) => problem.severity === severity).length
      return {
        id: row.id,
        name: row.name,
        revision: head.number,
        savedAt: head.at.getTime(),
        savedBy: head.author,
        vms: row._count.vms,
        blockers: count('blocker'),
        warnings: count('warning'),
        appliedRevision: row.appliedRevision,
      }
    }),
  )
}

/** One topology's head. Refuses an unknown one (404). */
export async function getHead(db: Db, topologyId: string): Promise<TopologyHead> {
  const head = await findRevision(db, topologyId)
  const { name, appliedRevision } = await db.topology.findUniqueOrThrow({
    where: { id: topologyId },
  })
  const { revision, text, topology } = toStored(head)
  const named = new Set(Object.values(topology.hosts ?? {}).map(({ connection }) => connection))
  const connections = await listConnections(db)
  const layout: Layout = await readLayout(db, topologyId)
  const unmanaged = await unmanagedAround(db, topologyId, topology)
  return {
    id: topologyId,
    name,
    revision,
    text,
    document: topology,
    problems: problemsBeside(topology, unmanaged),
    unmanaged,
    layout,
    appliedRevision,
    connections: connections.filter(({ id }) => named.has(id)),
  }
}

/**
 * Makes a topology of a text, as its revision 1. The id comes from the name and never changes. Refuses
 * a text that does not parse (400).
 */
export async function createTopology(
  db: Db,
  { text, actor, message, now }: { text: string; actor: Actor; message: string; now: number },
): Promise<TopologyHead> {
  const { name } = parseOrRefuse(text)
  const topologyId = await transact(db, async (tx) => {
    // A write first, so that the free id stays free.
    await tx.topology.updateMany({ where: { id: '' }, data: { headRevision: 0 } })
    const id = await freeId(tx, toId(name))
    await tx.topology.create({ data: { id, name, headRevision: 1, createdAt: new Date(now) } })
    const first = { topologyId: id, number: 1, action: 'topology.create' } as const
    await insertRevision(tx, { ...first, text, actor, message, now }, null)
    return id
  })
  return getHead(db, topologyId)
}

/** Newest first. Refuses an unknown topology (404). */
export async function listRevisions(db: Db, topologyId: string): Promise<RevisionSummary[]> {
  await findRevision(db, topologyId)
  const rows = await db.revision.findMany({
    where: { topologyId },
    omit: { text: true },
    orderBy: { number: 'desc' },
  })
  return rows.map(toRevisionSummary)
}

/** One revision with what it changed in its parent; nothing for the first. */
export async function getRevision(db: Db, topologyId: string, number: number): Promise<Revision> {
  const row = await findRevision(db, topologyId, number)
  const parent = row.parent === null ? null : await findRevision(db, topologyId, row.parent)
  const document = readTopology(row.hash, row.text)
  return {
    ...toRevisionSummary(row),
    text: row.text,
    document,
    changes: parent ? diff(readTopology(parent.hash, parent.text), document) : [],
  }
}

/** `Dark Knight (lab)` becomes `dark-knight-lab`. */
export function toId(name: string): string {
  const id = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '')
  return id || 'topology'
}

async function freeId(tx: Tx, wanted: string): Promise<string> {
  const rows = await tx.topology.findMany({
    where: { id: { startsWith: wanted } },
    select: { id: true },
  })
  const taken = new Set(rows.map(({ id }) => id))
  let id = wanted
  for (let n = 2; taken.has(id); n++) id = `${wanted}-${n}`
  return id
}
