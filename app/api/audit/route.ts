import type { AuditPageAnswer } from '@/lib/api/contract-audit'
import { AuditFilters } from '@/lib/api/requests-audit'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { listAudit, readAuditState } from '@/lib/db/audit-list'

export const GET = route(
  'GET /api/audit',
  { query: AuditFilters },
  async ({ query }): Promise<AuditPageAnswer> => {
    const { db } = panel()
    const answer = await listAudit(db, query, { withFrom: true })
    return { ...answer, log: query.before === undefined ? await readAuditState(db) : null }
  },
)
