import { AcceptIdentity } from '@/lib/api/requests-identity'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { sightOf } from '@/lib/auth/sight'
import { acceptIdentity, listChanges } from '@/lib/db/identities'

export const GET = route('GET /api/identities', {}, async ({ session }) => {
  const { db } = panel()
  return listChanges(db, await sightOf(db, session))
})

export const POST = route(
  'POST /api/identities',
  { body: AcceptIdentity },
  async ({ body, actor }) => {
    const { db, live, now, wake } = panel()
    const accepted = await acceptIdentity(db, body, { actor, now: now() })
    const { connectionId, topologyId } = accepted
    if (connectionId !== null) live.tell('connections-changed', { connectionId })
    if (topologyId !== null) live.tell('observed', { topologyId, at: now() })
    wake()
    return accepted
  },
)
