import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { sightOf } from '@/lib/auth/sight'
import { readStatus } from '@/lib/db/status'

export const GET = route('GET /api/status', {}, async ({ session }) => {
  const { db, now } = panel()
  return readStatus(db, now(), await sightOf(db, session))
})
