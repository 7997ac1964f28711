import type { PhoneLink } from '@/lib/api/contract-account'
import { Reply, route } from '@/lib/api/route'
import { originForLinks } from '@/lib/auth/link-origin'
import { panel } from '@/lib/auth/panel'
import { makeTicket } from '@/lib/auth/tickets'
import { appendAudit } from '@/lib/db/audit'
import { dropTickets } from '@/lib/db/tickets'
import { transact } from '@/lib/db/transact'

const LINK_MS = 5 * 60_000

/** A link that signs a phone in, once; a link from before no longer counts. */
export const POST = route('POST /api/me/phone', {}, async ({ me, actor, headers }) => {
  const here = panel()
  const { db, now } = here
  const at = now()
  const token = await transact(db, async (tx) => {
    await dropTickets(tx, me.id, 'phone')
    const object = { kind: 'account', id: me.name }
    await appendAudit(tx, actor, { action: 'session.phone', object }, at)
    return makeTicket(tx, { purpose: 'phone', userId: me.id, ttlMs: LINK_MS, now: at })
  })
  const origin = originForLinks(here, headers)
  const link: PhoneLink = { token, expiresAt: at + LINK_MS, origin }
  return new Reply(link, { status: 201 })
})
