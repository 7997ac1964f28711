import { IdParams } from '@/lib/api/requests'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { endPersonSessions } from '@/lib/auth/people'

export const DELETE = route(
  'DELETE /api/people/[id]/sessions',
  { params: IdParams },
  async ({ params, actor }) => ({ ended: await endPersonSessions(panel(), actor, params.id) }),
)
