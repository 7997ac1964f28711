import { IdParams } from '@/lib/api/requests'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { resetSecondFactor } from '@/lib/auth/people'

export const DELETE = route(
  'DELETE /api/people/[id]/second-factor',
  { params: IdParams },
  ({ params, actor }) => resetSecondFactor(panel(), actor, params.id),
)
