import { CreateConnection } from '@/lib/api/requests'
import { Reply, route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { writerFor } from '@/lib/auth/writer'
import { createConnection, listConnections } from '@/lib/db/connections'

export const GET = route('GET /api/connections', {}, () => listConnections(panel().db))

export const POST = route(
  'POST /api/connections',
  { body: CreateConnection },
  async ({ body, me }) => {
    const { db, live } = panel()
    const connection = await createConnection(db, body, await writerFor(me))
    live.tell('connections-changed', { connectionId: connection.id })
    return new Reply(connection, { status: 201 })
  },
)
