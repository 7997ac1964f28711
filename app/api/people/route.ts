import type { Invited } from '@/lib/api/contract-people'
import { AddPerson } from '@/lib/api/requests-people'
import { Reply, route } from '@/lib/api/route'
import { originForLinks } from '@/lib/auth/link-origin'
import { panel } from '@/lib/auth/panel'
import { addPerson, listAll } from '@/lib/auth/people'

export const GET = route('GET /api/people', {}, () => listAll(panel()))

export const POST = route(
  'POST /api/people',
  { body: AddPerson },
  async ({ body, actor, headers }) => {
    const invited = await addPerson(panel(), actor, body)
    const origin = originForLinks(panel(), headers)
    return new Reply({ ...invited, origin } satisfies Invited, { status: 201 })
  },
)
