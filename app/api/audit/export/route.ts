import { AuditExport } from '@/lib/api/requests-audit'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { appendAudit } from '@/lib/db/audit'
import { exportAudit } from '@/lib/db/audit-export'
import { transact } from '@/lib/db/transact'

const TYPE = { jsonl: 'application/x-ndjson', csv: 'text/csv' } as const

export const GET = route(
  'GET /api/audit/export',
  { query: AuditExport },
  async ({ query, actor }) => {
    const { db, now } = panel()
    const { format, ...filter } = query
    const at = now()
    const given = Object.entries(filter).filter(([, value]) => value !== undefined)
    const after = { format, filter: Object.fromEntries(given) }
    const object = { kind: 'audit', id: 'log' }
    await transact(db, (tx) =>
      appendAudit(tx, actor, { action: 'audit.export', object, after }, at),
    )
    const name = `drawbridge-audit-${new Date(at).toISOString().slice(0, 10)}.${format}`
    return new Response(toStream(exportAudit(db, filter, format)), {
      headers: {
        'content-type': `${TYPE[format]}; charset=utf-8`,
        'content-disposition': `attachment; filename="${name}"`,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      },
    })
  },
)

/** Reads on only as fast as the browser takes it, and stops when it goes away. */
function toStream(pieces: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pieces.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    async cancel() {
      await pieces.return(undefined)
    },
  })
}
