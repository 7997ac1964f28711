import { noSuch } from '@/lib/api/refusal'
import { CreateToken } from '@/lib/api/requests-tokens'
import { Reply, route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { topologiesSeen } from '@/lib/auth/sight'
import { beginningOf, hashOfToken, newToken } from '@/lib/auth/tokens'
import { createToken, listTokens } from '@/lib/db/api-tokens'
import { findRevision } from '@/lib/db/revisions'
import { isWithin } from '@/lib/db/sight'

const DAY_MS = 24 * 60 * 60_000

export const GET = route('GET /api/me/tokens', {}, ({ me }) => listTokens(panel().db, me.id))

export const POST = route(
  'POST /api/me/tokens',
  { body: CreateToken },
  async ({ body, me, session, actor }) => {
    const { db, now: clock } = panel()
    const now = clock()
    const seen = topologiesSeen(session)
    for (const t of body.topologies ?? []) {
      if (!isWithin(seen, t)) throw noSuch('topology', t)
      await findRevision(db, t)
    }
    const token = newToken()
    const summary = await createToken(
      db,
      {
        ...{ userId: me.id, name: body.name, scopes: [...new Set(body.scopes)] },
        ...{ topologies: body.topologies, hash: hashOfToken(token), prefix: beginningOf(token) },
        expiresAt: body.days === null ? null : now + body.days * DAY_MS,
      },
      { actor, now },
    )
    return new Reply({ token, summary }, { status: 201 })
  },
)
