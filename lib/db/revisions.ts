import { createHash } from 'node:crypto'
import type { MergeConflict, RevisionSummary, SaveAnswer } from '@/lib/api/contract'
import { noSuch, Refusal } from '@/lib/api/refusal'
import { diff } from '@/lib/topology/diff'
import { mergeTexts } from '@/lib/topology/merge'
import { parseTopology } from '@/lib/topology/parse'
import type { Problem } from '@/lib/topology/problem'
import { rewriteText } from '@/lib/topology/rewrite'
import type { Topology } from '@/lib/topology/topology'
import { fillAllocated, takenElsewhere } from './allocation'
import { type Actor, appendAudit } from './audit'
import { keepChanges } from './audit-changes'
import type { Db, Tx } from './client'
import type { Revision as RevisionRow } from './generated/client'
import { queueForGit } from './git-outbox'
import { readProblems, readTopology } from './parsed'
import { toRows, writeRows } from './rows'
import { problemsOf } from './strangers'
import { DatabaseBusyError, transact } from './transact'

/** A revision as it was stored, with what is in it. */
export type StoredRevision = {
  revision: RevisionSummary
  text: string
  topology: Topology
  problems: Problem[]
}

export type Save = {
  topologyId: string
  text: string
  /** The revision that the text was made from. */
  parent: number
  message: string
  /** Who saves: named as the revision's author. */
  actor: Actor
  /** The connections that they may newly name; null or absent: all (lib/auth/sight.ts). */
  mayName?: readonly string[] | null
  /** UTC milliseconds. */
  now: number
}

/** Who loses the race to another's save merges again; each loss is somebody's success. */
const ATTEMPTS = 100

/**
 * Stores a text as the next revision, with its normalised rows, in one transaction. If somebody
 * saved since `parent`, both sides are merged first. Numbers that are allocated once are filled in.
 * A text that is the head's already makes no revision: the answer is the head.
 *
 * Refuses a text that does not parse (400 `document.invalid`, with places), an unknown parent (404),
 * a connection that is not theirs to name (403 `connection.not-yours`) and a merge with conflicts (409 `revision.conflict`, with the head).
 */
export async function saveRevision(
  db: Db,
  save: Save,
): Promise<StoredRevision & { merged: boolean }> {
  let { text, parent } = save
  parseOrRefuse(text)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const head = await findRevision(db, save.topologyId)
    if (head.number !== parent) {
      const base = await findRevision(db, save.topologyId, parent)
      text = mergeOrRefuse(base, text, head)
      parent = head.number
    }
    const merged = parent !== save.parent
    if (text === head.text) {
      return { ...toStored(head), problems: await problemsOf(db, head), merged }
    }
    const stored = await transact(db, (tx) =>
      appendRevision(
        tx,
        { ...save, text, parent, action: 'topology.save' },
        readTopology(head.hash, head.text),
      ),
    )
    if (stored) return { ...stored, merged }
  }
  throw new DatabaseBusyError()
}

/** Stores an older revision's text as the next one. 409 `revision.conflict` unless `parent` is the head. */
export async function restoreRevision(
  db: Db,
  restore: Omit<Save, 'text' | 'message'> & { revision: number },
): Promise<StoredRevision> {
  const { topologyId, revision, parent } = restore
  const head = await findRevision(db, topologyId)
  if (head.number !== parent) throw headMoved(head, [])
  const old = await findRevision(db, topologyId, revision)
  const action = 'topology.restore'
  const save = { ...restore, text: old.text, message: `Restore r${revision}`, action } as const
  if (old.text === head.text) return { ...toStored(head), problems: await problemsOf(db, head) }
  const stored = await transact(db, (tx) =>
    appendRevision(tx, save, readTopology(head.hash, head.text)),
  )
  if (!stored) throw headMoved(await findRevision(db, topologyId), [])
  return stored
}

/** The row of a revision; without a number, of the head. Refuses an unknown one (404). */
export async function findRevision(
  db: Db | Tx,
  topologyId: string,
  number?: number,
): Promise<RevisionRow> {
  const topology = await db.topology.findUnique({ where: { id: topologyId } })
  if (!topology) throw noSuch('topology', topologyId)
  const wanted = number ?? topology.headRevision
  const row = await db.revision.findUnique({
    where: { topologyId_number: { topologyId, number: wanted } },
  })
  if (!row) throw noSuch('revision', wanted)
  return row
}

/** A save with the words that the audit log has for it. */
type AuditedSave = Save & { action: 'topology.create' | 'topology.save' | 'topology.restore' }

/**
 * The next revision, in a transaction; null when the head is not `parent` any more. Its first
 * statement is the lock: it moves the head only from where it was read.
 */
async function appendRevision(
  tx: Tx,
  save: AuditedSave,
  head: Topology | null,
): Promise<StoredRevision | null> {
  const { topologyId, parent } = save
  const moved = await tx.topology.updateMany({
    where: { id: topologyId, headRevision: parent },
    data: { headRevision: parent + 1 },
  })
  if (moved.count === 0) return null
  return insertRevision(tx, { ...save, number: parent + 1 }, head)
}

/**
 * Writes a revision's row, the rows of what is in it and the audit log's entry. Call it with the
 * database locked for writing.
 */
export async function insertRevision(
  tx: Tx,
  save: Omit<AuditedSave, 'parent'> & { number: number },
  head: Topology | null,
): Promise<StoredRevision> {
  const { topologyId, number } = save
  const draft = parseOrRefuse(save.text)
  const changes = fillAllocated(draft, head, await takenElsewhere(tx, topologyId, save.now))
  const text = changes.length === 0 ? save.text : rewriteText(save.text, changes)
  const hash = createHash('sha256').update(text).digest('hex')
  const topology = readTopology(hash, text)
  refuseForeign(topology, head, save.mayName)
  const problems = await problemsOf(tx, { topologyId, hash, text })
  const row = await tx.revision.create({
    data: {
      topologyId,
      number,
      parent: number === 1 ? null : number - 1,
      hash,
      text,
      author: save.actor.name,
      message: save.message,
      at: new Date(save.now),
      deployable: !problems.some(({ severity }) => severity === 'blocker'),
    },
  })
  await tx.topology.update({ where: { id: topologyId }, data: { name: topology.name } })
  await writeRows(tx, topologyId, toRows(topologyId, topology))
  await queueForGit(tx, save)
  await auditRevision(tx, save, head, topology)
  return { ...toStored(row), problems }
}

const connectionsIn = ({ hosts = {} }: Topology): { host: string; connection: string }[] =>
  Object.entries(hosts).flatMap(([host, { connection }]) =>
    connection === undefined ? [] : [{ host, connection }],
  )

/** Refuses (403) to name a connection that is not theirs to name and was not named before. */
function refuseForeign(topology: Topology, head: Topology | null, mayName: Save['mayName']): void {
  if (mayName === null || mayName === undefined) return
  const before = head ? connectionsIn(head).map(({ connection }) => connection) : []
  const fine = new Set([...mayName, ...before])
  const foreign = connectionsIn(topology).find(({ connection }) => !fine.has(connection))
  if (foreign === undefined) return
  const { host, connection } = foreign
  const message = `it names the connection "${connection}", which no topology that you edit names, and whoever names it may build there`
  throw new Refusal(
    403,
    'connection.not-yours',
    `This may not be saved - ${message} - ask an editor or admin of the whole panel to name it first.`,
    { issues: [{ path: ['hosts', host, 'connection'], message }] },
  )
}

/** What was saved, in short: the revisions have all of it. A first revision names its objects. */
async function auditRevision(
  tx: Tx,
  {
    topologyId,
    number,
    message,
    action,
    actor,
    now,
  }: Omit<AuditedSave, 'parent'> & { number: number },
  head: Topology | null,
  topology: Topology,
): Promise<void> {
  const revision = { revision: number, name: topology.name }
  await appendAudit(
    tx,
    actor,
    {
      ...{ action, object: { kind: 'topology', id: topologyId }, topologyId, note: message },
      ...(head ? { before: { revision: number - 1, name: head.name } } : {}),
      after: head
        ? { ...revision, ...keepChanges(diff(head, topology)) }
        : { ...revision, objects: objectsOf(topology) },
    },
    now,
  )
}

/** Those with a page of their own. */
const objectsOf = ({ vms = {}, hosts = {}, networks = {} }: Topology): string[] =>
  Object.entries({ vms, hosts, networks }).flatMap(([kind, byId]) =>
    Object.keys(byId).map((id) => `${kind}/${id}`),
  )

/** What is in a revision's row; its problems are the document's own (lib/db/strangers.ts has all). */
export function toStored(row: RevisionRow): StoredRevision {
  return {
    revision: toRevisionSummary(row),
    text: row.text,
    topology: readTopology(row.hash, row.text),
    problems: readProblems(row.hash, row.text),
  }
}

/** What a save answers. */
export const toSaveAnswer = ({
  revision,
  text,
  problems,
  merged,
}: StoredRevision & { merged: boolean }): SaveAnswer => ({ revision, text, problems, merged })

export const toRevisionSummary = (row: Omit<RevisionRow, 'text'>): RevisionSummary => ({
  number: row.number,
  parent: row.parent,
  hash: row.hash,
  at: row.at.getTime(),
  author: row.author,
  message: row.message,
  deployable: row.deployable,
})

/** The value of a text that a person sent; 400 `document.invalid` with every fault's place. */
export function parseOrRefuse(text: string): Topology {
  const parsed = parseTopology(text)
  if (parsed.ok) return parsed.topology
  const [first] = parsed.faults
  const where = first
    ? `line ${first.line}, column ${first.column}: ${first.message.replace(/\.$/, '')}`
    : 'it is no document'
  throw new Refusal(
    400,
    'document.invalid',
    `The document cannot be read - ${where} - correct it and send it again.`,
    { issues: parsed.faults.map((fault) => ({ ...fault, path: [...fault.path] })) },
  )
}

function mergeOrRefuse(base: RevisionRow, mine: string, head: RevisionRow): string {
  const result = mergeTexts(base.text, mine, head.text)
  if (result.ok) return result.text
  throw headMoved(head, result.conflicts)
}

function headMoved(head: RevisionRow, paths: MergeConflict[]): Refusal {
  const places = paths.map(({ path }) => path.join('.')).join(', ')
  return new Refusal(
    409,
    'revision.conflict',
    `${head.author} saved revision ${head.number} meanwhile - ${places ? `both of you changed ${places}` : 'yours was made from an older one'} - choose between the two and save again.`,
    { conflict: { head: toRevisionSummary(head), text: head.text, paths } },
  )
}
