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
  async ({ params, body, actor }) => {
    const { db, live } = panel()
    const changed = await updateConnection(db, params.id, body, await writerFor(actor))
    live.tell('connections-changed', { connectionId: params.id })
    return changed
  },
)

export const DELETE = route(
  'DELETE /api/connections/[id]',
  { params: IdParams },
  async ({ params, actor }) => {
    const { db, live, now } = panel()
    await removeConnection(db, params.id, { actor, now: now() })
    live.tell('connections-changed', { connectionId: params.id })
    return { id: params.id }
  },
)
