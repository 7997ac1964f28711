import { noSuch, Refusal } from '@/lib/api/refusal'
import { MyParams, RenamePasskey } from '@/lib/api/requests-account'
import { route } from '@/lib/api/route'
import { toMyAccount } from '@/lib/auth/my-account'
import { panel } from '@/lib/auth/panel'
import { mustLeaveAWayIn } from '@/lib/auth/way-in'
import { countWays, deletePasskey, renamePasskey } from '@/lib/db/accounts-passkeys'
import { appendAudit } from '@/lib/db/audit'
import { findOidcSettings } from '@/lib/db/oidc-settings'
import { transact } from '@/lib/db/transact'

export const PATCH = route(
  'PATCH /api/me/passkeys/[id]',
  { params: MyParams, body: RenamePasskey },
  async ({ params: { id }, body: { name }, me, session, actor }) => {
    const here = panel()
    await transact(here.db, async (tx) => {
      const renamed = await renamePasskey(tx, { userId: me.id, id, name })
      if (!renamed) throw noSuch('passkey', id)
      const object = { kind: 'passkey', id }
      const values = { before: { name: renamed.before }, after: { name } }
      await appendAudit(
        tx,
        actor,
        { action: 'account.passkey-rename', object, ...values },
        here.now(),
      )
    })
    return toMyAccount(here, session)
  },
)

export const DELETE = route(
  'DELETE /api/me/passkeys/[id]',
  { params: MyParams },
  async ({ params: { id }, me, session, actor }) => {
    const here = panel()
    await transact(here.db, async (tx) => {
      const name = await deletePasskey(tx, me.id, id)
      if (name === null) throw noSuch('passkey', id)
      const issuer = (await findOidcSettings(tx))?.issuer ?? null
      const { passwords, passkeys, identities } = await countWays(tx, me.id, issuer)
      // Rolls the removal back.
      if (passwords + passkeys + identities === 0) throw lastWay()
      await mustLeaveAWayIn(tx)
      const object = { kind: 'passkey', id }
      const values = { before: { name, person: me.name } }
      await appendAudit(
        tx,
        actor,
        { action: 'account.passkey-remove', object, ...values },
        here.now(),
      )
    })
    return toMyAccount(here, session)
  },
)

const lastWay = () =>
  new Refusal(
    409,
    'passkey.last-way',
    'The passkey stays - it is the only way into this account - add another passkey or set a password first.',
  )
