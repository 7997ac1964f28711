import { IdParams } from '@/lib/api/requests'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { revokeToken } from '@/lib/db/api-tokens'

export const DELETE = route(
  'DELETE /api/me/tokens/[id]',
  { params: IdParams },
  async ({ params, me, actor }) => {
    const { db, now } = panel()
    await revokeToken(db, { id: params.id, userId: me.id }, { actor, now: now() })
    return { id: params.id }
  },
)
