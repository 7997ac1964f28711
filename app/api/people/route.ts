import { AddPerson } from '@/lib/api/requests-people'
import { Reply, route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { addPerson, listAll } from '@/lib/auth/people'

export const GET = route('GET /api/people', {}, () => listAll(panel()))

export const POST = route(
  'POST /api/people',
  { body: AddPerson },
  async ({ body, actor }) => new Reply(await addPerson(panel(), actor, body), { status: 201 }),
)
