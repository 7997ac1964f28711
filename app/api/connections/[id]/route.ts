import { IdParams, UpdateConnection } from '@/lib/api/requests'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { writerFor } from '@/lib/auth/writer'
import { getConnection, removeConnection, updateConnection } from '@/lib/db/connections'

export const GET = route('GET /api/connections/[id]', { params: IdParams }, ({ params }) =>
  getConnection(panel().db, params.id),
)

export const PATCH = route(
  'PATCH /api/connections/[id]',
  { params: IdParams, body: UpdateConnection },
  async ({ params, body, me }) => {
    const { db, live } = panel()
    const changed = await updateConnection(db, params.id, body, await writerFor(me))
    live.tell('connections-changed', { connectionId: params.id })
    return changed
  },
)

export const DELETE = route(
  'DELETE /api/connections/[id]',
  { params: IdParams },
  async ({ params }) => {
    const { db, live } = panel()
    await removeConnection(db, params.id)
    live.tell('connections-changed', { connectionId: params.id })
    return { id: params.id }
  },
)
