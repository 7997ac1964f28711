import type { CreateTopologyRequest } from '@/lib/api/contract'
import { CreateTopology } from '@/lib/api/requests'
import { Reply, route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { topologiesSeen } from '@/lib/auth/sight'
import { createTopology, listTopologies } from '@/lib/db/topologies'
import { BLUEPRINTS } from '@/lib/topology/blueprints/catalogue'
import { BLUEPRINT_TEXTS } from '@/lib/topology/blueprints/texts'

export const GET = route('GET /api/topologies', {}, ({ session }) =>
  listTopologies(panel().db, topologiesSeen(session)),
)

export const POST = route(
  'POST /api/topologies',
  { body: CreateTopology },
  async ({ body, actor }) => {
    const { db, live, now } = panel()
    const head = await createTopology(db, {
      ...firstRevision(body),
      actor,
      now: now(),
    })
    live.tell('revision', { topologyId: head.id, number: 1, author: actor.name })
    return new Reply(head, { status: 201 })
  },
)

function firstRevision(body: CreateTopologyRequest): { text: string; message: string } {
  if (body.from === 'text') return { text: body.text, message: 'Import a document' }
  const { id = 'dark-knight' } = body
  const title = BLUEPRINTS.find((each) => each.id === id)?.title ?? id
  return { text: BLUEPRINT_TEXTS[id], message: `Start from the blueprint ${title}` }
}
