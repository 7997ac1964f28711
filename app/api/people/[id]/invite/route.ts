import { IdParams } from '@/lib/api/requests'
import { Reply, route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { invitePerson } from '@/lib/auth/people'

export const POST = route(
  'POST /api/people/[id]/invite',
  { params: IdParams },
  async ({ params, actor }) =>
    new Reply(await invitePerson(panel(), actor, params.id), { status: 201 }),
)
