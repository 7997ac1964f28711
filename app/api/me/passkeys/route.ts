import { Refusal } from '@/lib/api/refusal'
import { AddPasskey } from '@/lib/api/requests-account'
import { Reply, route } from '@/lib/api/route'
import { toMyAccount } from '@/lib/auth/my-account'
import { panel } from '@/lib/auth/panel'
import { proveNewPasskey } from '@/lib/auth/passkeys'
import { createPasskey, findPasskey } from '@/lib/db/accounts-passkeys'
import { appendAudit } from '@/lib/db/audit'
import { transact } from '@/lib/db/transact'

export const POST = route(
  'POST /api/me/passkeys',
  { body: AddPasskey },
  async ({ body, me, session, headers, actor }) => {
    const here = panel()
    const { ticket, response, name } = body
    const made = await proveNewPasskey(here, headers, { userId: me.id, ticket, response })
    if (await findPasskey(here.db, made.id)) {
      throw new Refusal(
        409,
        'passkey.known',
        'The passkey was not added - this panel knows it already - use another device or key.',
      )
    }
    await transact(here.db, async (tx) => {
      await createPasskey(tx, { ...made, name })
      const object = { kind: 'passkey', id: made.id }
      const after = { name, person: me.name, backedUp: made.backedUp }
      await appendAudit(tx, actor, { action: 'account.passkey-add', object, after }, here.now())
    })
    return new Reply(await toMyAccount(here, session), { status: 201 })
  },
)
