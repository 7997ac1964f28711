import type { ObservedAnswer } from '@/lib/api/contract'
import { TopologyParams } from '@/lib/api/requests'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { findObserved } from '@/lib/db/observations'
import { findRevision } from '@/lib/db/revisions'

export const GET = route(
  'GET /api/t/[t]/observed',
  { params: TopologyParams },
  async ({ params }): Promise<ObservedAnswer> => {
    const { db } = panel()
    await findRevision(db, params.t)
    return { observed: await findObserved(db, params.t) }
  },
)
