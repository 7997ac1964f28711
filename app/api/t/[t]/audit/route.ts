import { TopologyParams } from '@/lib/api/requests'
import { ObjectAudit } from '@/lib/api/requests-audit'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { listAudit } from '@/lib/db/audit-list'
import { findRevision } from '@/lib/db/revisions'

export const GET = route(
  'GET /api/t/[t]/audit',
  { params: TopologyParams, query: ObjectAudit },
  async ({ params, query, me, session }) => {
    const { db } = panel()
    await findRevision(db, params.t)
    const withFrom = session.kind !== 'token' && me.role === 'admin'
    return listAudit(db, { ...query, topology: params.t }, { withFrom })
  },
)
