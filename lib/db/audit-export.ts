import type { AuditQuery } from '@/lib/api/contract-audit'
import { type AuditHead, findHead } from './audit-check'
import { pagesOf, type StoredEntry, toRow } from './audit-list'
import { sentenceText } from './audit-words'
import type { Db } from './client'

/** Entries that are read and written at once. */
const PAGE = 1000

export type ExportFormat = 'jsonl' | 'csv'

/**
 * The entries that fit, newest first, as text in pieces: one JSON object a line, each with its hash
 * and before them a line with the log's head; or CSV with a head line (RFC 4180). Nothing is held but
 * a page, however long the log is.
 */
export async function* exportAudit(
  db: Db,
  filter: AuditQuery,
  format: ExportFormat,
): AsyncGenerator<string> {
  const head = await findHead(db)
  yield format === 'csv' ? csvLine(COLUMNS) : `${JSON.stringify({ head })}\n`
  for await (const { entries } of pagesOf(db, filter, PAGE)) {
    yield entries.map(format === 'csv' ? toCsv : toJsonLine).join('')
  }
}

/** Named in the export's own entry, which is made first and so is in it. */
export type Exported = { format: ExportFormat; filter: AuditQuery; head: AuditHead | null }

function toJsonLine(entry: StoredEntry): string {
  const { beforeJson, afterJson, at, ...rest } = entry
  const { before, after, sentence } = toRow(entry, { withFrom: true })
  const line = { ...rest, at, time: new Date(at).toISOString(), before, after }
  return `${JSON.stringify({ ...line, sentence: sentenceText(sentence) })}\n`
}

const COLUMNS = [
  ...['seq', 'time', 'who', 'via', 'from', 'action', 'outcome', 'kind', 'object', 'topology'],
  ...['sentence', 'before', 'after', 'note', 'prevHash', 'hash'],
]

function toCsv(entry: StoredEntry): string {
  const { seq, at, actorName, via, from, action, outcome, objectKind, objectId } = entry
  const { topologyId, beforeJson, afterJson, note, prevHash, hash } = entry
  const { sentence } = toRow(entry, { withFrom: true })
  return csvLine([
    ...[String(seq), new Date(at).toISOString(), actorName, via, from, action, outcome],
    ...[objectKind, objectId, topologyId, sentenceText(sentence)],
    ...[beforeJson, afterJson, note, prevHash, hash],
  ])
}

const csvLine = (cells: readonly (string | null)[]): string =>
  `${cells.map((cell) => csvCell(cell ?? '')).join(',')}\r\n`

/**
 * A cell for a spreadsheet that takes nothing for a formula: what begins with a sign of one gets an
 * apostrophe before it (OWASP, CSV injection).
 */
export function csvCell(text: string): string {
  const safe = /^[\s]*[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
