import { SetEgress } from '@/lib/api/requests-identity'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { putEgress, readEgress } from '@/lib/db/egress'

export const GET = route('GET /api/settings/egress', {}, () => readEgress(panel().db))

export const PUT = route('PUT /api/settings/egress', { body: SetEgress }, ({ body, actor }) => {
  const { db, now } = panel()
  return putEgress(db, body.other, { actor, now: now() })
})
