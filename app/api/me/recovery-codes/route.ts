import type { RecoveryCodes } from '@/lib/api/contract-account'
import { Refusal } from '@/lib/api/refusal'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { makeRecoveryCodes } from '@/lib/auth/recovery-codes'
import { findTotp, putRecoveryCodes } from '@/lib/db/accounts-factors'
import { appendAudit } from '@/lib/db/audit'
import { transact } from '@/lib/db/transact'

export const POST = route(
  'POST /api/me/recovery-codes',
  {},
  async ({ me, actor }): Promise<RecoveryCodes> => {
    const { db, now } = panel()
    const { codes, stored } = makeRecoveryCodes()
    await transact(db, async (tx) => {
      await putRecoveryCodes(tx, me.id, stored)
      if (!(await findTotp(tx, me.id))) throw noCodes()
      const object = { kind: 'account', id: me.name }
      await appendAudit(tx, actor, { action: 'account.recovery-codes', object }, now())
    })
    return { codes }
  },
)

const noCodes = () =>
  new Refusal(
    409,
    'totp.off',
    'There are no recovery codes without one-time codes - they stand in for them - set up one-time codes first.',
  )
