import { setImmediate as nextTurn } from 'node:timers/promises'
import type { AuditAnswer, AuditLogState, AuditQuery, AuditRow } from '@/lib/api/contract-audit'
import type { Json } from '@/lib/topology/change'
import { AUDIT_GROUPS } from './audit-actions'
import { findHead, lastAuditCheck, toCheckAnswer } from './audit-check'
import { auditSentence } from './audit-words'
import type { Db } from './client'
import { Prisma } from './generated/client'

/** Entries that one statement looks through where no index says which fit. */
const WINDOW = 5000

/** The object kinds of a topology's document, whose entries are found by what they touch. */
const IN_DOCUMENT = /^(?:vms|hosts|networks|clusters|pools|sizes|templates|blueprints)\//

/** Columns as they are stored; `at` in UTC milliseconds. */
export type StoredEntry = {
  seq: number
  at: number
  actorId: string | null
  actorName: string
  via: AuditRow['actor']['via']
  from: string | null
  action: string
  outcome: AuditRow['outcome']
  objectKind: string
  objectId: string
  topologyId: string | null
  beforeJson: string | null
  afterJson: string | null
  note: string
  prevHash: string
  hash: string
}

/** Filters and page; without a limit 50. */
export type AuditFilter = AuditQuery

/** The newest entries that fit, as rows for a page. `withFrom`: the reader may see addresses. */
export async function listAudit(
  db: Db,
  filter: AuditFilter,
  { withFrom }: { withFrom: boolean },
): Promise<AuditAnswer> {
  const limit = filter.limit ?? 50
  const rows: AuditRow[] = []
  let next: number | null = filter.before ?? null
  for await (const page of pagesOf(db, filter, limit)) {
    for (const entry of page.entries.slice(0, limit - rows.length)) {
      rows.push(toRow(entry, { about: filter.object, withFrom }))
      next = entry.seq
    }
    if (rows.length === limit) return { rows, next: next === 1 ? null : next }
  }
  return { rows, next: null }
}

/** Every entry that fits, newest first, a page at a time; others are answered in between. */
export async function* pagesOf(
  db: Db,
  filter: AuditFilter,
  limit: number,
): AsyncGenerator<{ entries: StoredEntry[] }> {
  const indexed = filter.object !== undefined || filter.topology !== undefined || filter.who
  let before = filter.before ?? ((await findHead(db))?.seq ?? 0) + 1
  while (before > 1) {
    const from = indexed ? 1 : Math.max(1, before - WINDOW)
    const entries = await db.$queryRaw<StoredEntry[]>(auditSql(filter, { before, from, limit }))
    if (entries.length > 0) yield { entries }
    // A full page may not be all that its window has.
    before = entries.length === limit ? (entries.at(-1)?.seq ?? 1) : from
    await nextTurn()
  }
}

/** One page's statement; numbers from `from` to under `before`. */
export function auditSql(
  filter: AuditFilter,
  { before, from, limit }: { before: number; from: number; limit: number },
): Prisma.Sql {
  const { object } = filter
  const touched = object !== undefined && IN_DOCUMENT.test(object)
  const table = touched
    ? Prisma.sql`"AuditTouch" t JOIN "AuditEntry" e ON e."seq" = t."seq"`
    : Prisma.sql`"AuditEntry" e`
  const seq = touched ? Prisma.sql`t."seq"` : Prisma.sql`e."seq"`
  const where = [
    Prisma.sql`${seq} < ${before}`,
    Prisma.sql`${seq} >= ${from}`,
    ...(touched ? touches(object, filter.topology) : conditionsOnObject(filter)),
    ...conditions(filter),
  ]
  return Prisma.sql`
    SELECT e."seq", CAST(e."at" AS INTEGER) AS "at", e."actorId", e."actorName", e."via", e."from",
      e."action", e."outcome", e."objectKind", e."objectId", e."topologyId", e."beforeJson",
      e."afterJson", e."note", e."prevHash", e."hash"
    FROM ${table} WHERE ${Prisma.join(where, ' AND ')} ORDER BY ${seq} DESC LIMIT ${limit}`
}

const touches = (object: string, topology: string | undefined): Prisma.Sql[] => [
  Prisma.sql`t."object" = ${object}`,
  Prisma.sql`t."topologyId" = ${topology ?? ''}`,
]

function conditionsOnObject({ object, topology }: AuditFilter): Prisma.Sql[] {
  const [kind = '', ...id] = object?.split('/') ?? []
  return [
    ...(object === undefined
      ? []
      : [Prisma.sql`e."objectKind" = ${kind}`, Prisma.sql`e."objectId" = ${id.join('/')}`]),
    ...(topology === undefined ? [] : [Prisma.sql`e."topologyId" = ${topology}`]),
  ]
}

function conditions({ who, group, outcome, from, to, q }: AuditFilter): Prisma.Sql[] {
  return [
    ...(who === undefined ? [] : [Prisma.sql`e."actorName" = ${who}`]),
    ...(group === undefined
      ? []
      : [Prisma.sql`e."action" >= ${`${group}.`}`, Prisma.sql`e."action" < ${`${group}/`}`]),
    ...(outcome === undefined ? [] : [Prisma.sql`e."outcome" = ${outcome}`]),
    ...(from === undefined ? [] : [Prisma.sql`e."at" >= ${from}`]),
    ...(to === undefined ? [] : [Prisma.sql`e."at" <= ${to}`]),
    ...(q === undefined ? [] : [matches(q)]),
  ]
}

function matches(q: string): Prisma.Sql {
  const like = `%${q.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`
  const columns = ['actorName', 'objectId', 'action', 'note', 'from', 'beforeJson', 'afterJson']
  const tests = columns.map(
    (column) => Prisma.sql`e.${Prisma.raw(`"${column}"`)} LIKE ${like} ESCAPE '\\'`,
  )
  return Prisma.sql`(${Prisma.join(tests, ' OR ')})`
}

/** An entry as the page shows it. */
export function toRow(
  entry: StoredEntry,
  { about, withFrom }: { about?: string | undefined; withFrom: boolean },
): AuditRow {
  const [before, after] = [parsed(entry.beforeJson), parsed(entry.afterJson)]
  const { seq, at, action, actorName, outcome, topologyId, note } = entry
  const object = { kind: entry.objectKind, id: entry.objectId }
  const told = { action, actorName, outcome, object, topologyId, before, after, note }
  return {
    ...{ seq, at, action, outcome, object, topologyId, before, after, note },
    actor: {
      ...{ id: entry.actorId, name: actorName, via: entry.via },
      from: withFrom ? entry.from : null,
    },
    sentence: auditSentence(told, about),
  }
}

const parsed = (json: string | null): Json | null => (json === null ? null : JSON.parse(json))

/** The log as a whole: how long, its newest entry, the last check, and what can be filtered by. */
export async function readAuditState(db: Db): Promise<AuditLogState> {
  const [head, check, topologies] = await Promise.all([
    findHead(db),
    lastAuditCheck(db),
    db.topology.findMany({ select: { id: true }, orderBy: { id: 'asc' } }),
  ])
  return {
    ...{ entries: head?.seq ?? 0, head, groups: [...AUDIT_GROUPS] },
    check: check && toCheckAnswer(check),
    people: await listNames(db),
    topologies: topologies.map(({ id }) => id),
  }
}

/** Every name once, from one end of the index to the other: one step per name, not per entry. */
async function listNames(db: Db): Promise<string[]> {
  const rows = await db.$queryRaw<{ name: string | null }[]>`
    WITH RECURSIVE names("name") AS (
      SELECT MIN("actorName") FROM "AuditEntry"
      UNION ALL
      SELECT (SELECT MIN("actorName") FROM "AuditEntry" WHERE "actorName" > names."name")
      FROM names WHERE names."name" IS NOT NULL)
    SELECT "name" FROM names WHERE "name" IS NOT NULL`
  return rows.flatMap(({ name }) => name ?? [])
}
