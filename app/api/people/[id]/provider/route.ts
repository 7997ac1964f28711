import { IdParams } from '@/lib/api/requests'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { disconnectProvider } from '@/lib/auth/people'

export const DELETE = route(
  'DELETE /api/people/[id]/provider',
  { params: IdParams },
  ({ params, actor }) => disconnectProvider(panel(), actor, params.id),
)
