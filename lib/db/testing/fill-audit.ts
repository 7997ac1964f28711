import { type AuditFields, hashOf, NO_ENTRY } from '../audit'
import type { Db } from '../client'

const BATCH = 1000

const COLUMNS = [
  ...(['seq', 'at', 'actorId', 'actorName', 'via', 'from', 'action', 'outcome'] as const),
  ...(['objectKind', 'objectId', 'topologyId', 'beforeJson', 'afterJson', 'note'] as const),
  'prevHash' as const,
]
const NAMES = [...COLUMNS, 'hash'].map((name) => `"${name}"`).join(', ')
const VALUES = [...COLUMNS, 'hash'].map((_, i) => `value ->> '$[${i}]'`).join(', ')

/**
 * Appends `count` entries with numbers, hashes and chain as `appendAudit` makes them, many in one
 * statement: for tests and benchmarks that need a long log. `vary` answers what is another in the
 * entry of a number.
 */
export async function fillAudit(
  db: Db,
  count: number,
  vary: (seq: number) => Partial<AuditFields> = () => ({}),
): Promise<void> {
  const last = await db.auditEntry.findFirst({ orderBy: { seq: 'desc' } })
  let [seq, prevHash] = [last?.seq ?? 0, last?.hash ?? NO_ENTRY]
  for (let left = count; left > 0; left -= BATCH) {
    const data = Array.from({ length: Math.min(left, BATCH) }, () => {
      seq++
      const fields: AuditFields = {
        ...{ at: 1_700_000_000_000 + seq, actorId: 'u1', actorName: 'ada', via: 'browser' },
        ...{ from: '192.0.2.7', action: 'connection.change', outcome: 'done' },
        ...{ objectKind: 'connection', objectId: 'c-1', topologyId: null },
        ...{ beforeJson: '{"name":"Old"}', afterJson: '{"name":"New"}', note: '' },
        ...vary(seq),
        ...{ seq, prevHash },
      }
      prevHash = hashOf(fields)
      return [...COLUMNS.map((column) => fields[column]), prevHash]
    })
    // One statement a batch: the library's model takes a hundred times as long.
    await db.$executeRawUnsafe(
      `INSERT INTO "AuditEntry" (${NAMES}) SELECT ${VALUES} FROM json_each(?) ORDER BY key`,
      JSON.stringify(data),
    )
  }
}
