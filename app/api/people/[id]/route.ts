import { IdParams } from '@/lib/api/requests'
import { ChangePerson } from '@/lib/api/requests-people'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { changePerson, deletePerson } from '@/lib/auth/people'

export const PATCH = route(
  'PATCH /api/people/[id]',
  { params: IdParams, body: ChangePerson },
  ({ params, body, actor }) => changePerson(panel(), actor, { id: params.id, change: body }),
)

export const DELETE = route(
  'DELETE /api/people/[id]',
  { params: IdParams },
  async ({ params, actor }) => {
    await deletePerson(panel(), actor, params.id)
    return { id: params.id }
  },
)
