import type { Invited } from '@/lib/api/contract-people'
import { IdParams } from '@/lib/api/requests'
import { Reply, route } from '@/lib/api/route'
import { originForLinks } from '@/lib/auth/link-origin'
import { panel } from '@/lib/auth/panel'
import { invitePerson } from '@/lib/auth/people'

export const POST = route(
  'POST /api/people/[id]/invite',
  { params: IdParams },
  async ({ params, actor, headers }) => {
    const invited = await invitePerson(panel(), actor, params.id)
    const origin = originForLinks(panel(), headers)
    return new Reply({ ...invited, origin } satisfies Invited, { status: 201 })
  },
)
