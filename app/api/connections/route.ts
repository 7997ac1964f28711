import { CreateConnection } from '@/lib/api/requests'
import { Reply, route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { sightOf } from '@/lib/auth/sight'
import { writerFor } from '@/lib/auth/writer'
import { createConnection, listConnections } from '@/lib/db/connections'

export const GET = route('GET /api/connections', {}, async ({ session }) => {
  const { db } = panel()
  const { connections } = await sightOf(db, session)
  const all = await listConnections(db)
  return connections === null ? all : all.filter(({ id }) => connections.includes(id))
})

export const POST = route(
  'POST /api/connections',
  { body: CreateConnection },
  async ({ body, actor }) => {
    const { db, live } = panel()
    const connection = await createConnection(db, body, await writerFor(actor))
    live.tell('connections-changed', { connectionId: connection.id })
    return new Reply(connection, { status: 201 })
  },
)
