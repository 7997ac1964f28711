import { CreateTopology } from '@/lib/api/requests'
import { Reply, route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { topologiesSeen } from '@/lib/auth/sight'
import { createTopology, listTopologies } from '@/lib/db/topologies'
import { DARK_KNIGHT } from '@/lib/topology/blueprints/dark-knight'

export const GET = route('GET /api/topologies', {}, ({ session }) =>
  listTopologies(panel().db, topologiesSeen(session)),
)

export const POST = route(
  'POST /api/topologies',
  { body: CreateTopology },
  async ({ body, actor }) => {
    const { db, live, now } = panel()
    const head = await createTopology(db, {
      text: body.from === 'blueprint' ? DARK_KNIGHT : body.text,
      actor,
      message: body.from === 'blueprint' ? 'Start from the blueprint' : 'Import a document',
      now: now(),
    })
    live.tell('revision', { topologyId: head.id, number: 1, author: actor.name })
    return new Reply(head, { status: 201 })
  },
)
