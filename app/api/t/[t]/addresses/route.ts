import type { AddressesAnswer } from '@/lib/api/contract-addresses'
import { TopologyParams } from '@/lib/api/requests'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { topologiesSeen } from '@/lib/auth/sight'
import { addressesAround } from '@/lib/db/addresses'
import { findRevision } from '@/lib/db/revisions'

export const GET = route(
  'GET /api/t/[t]/addresses',
  { params: TopologyParams },
  async ({ params, session }): Promise<AddressesAnswer> => {
    const { db, now } = panel()
    await findRevision(db, params.t)
    return addressesAround(db, params.t, { seen: topologiesSeen(session), now: now() })
  },
)
