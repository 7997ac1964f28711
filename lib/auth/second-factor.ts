import type { NeedsSecondFactor } from '@/lib/api/contract-account'
import {
  countRecoveryCodes,
  findTotp,
  takeRecoveryCode,
  takeTotpStep,
} from '@/lib/db/accounts-factors'
import type { Actor } from '@/lib/db/audit'
import { appendAudit } from '@/lib/db/audit'
import { transact } from '@/lib/db/transact'
import type { Panel } from './panel'
import { hashRecoveryCode } from './recovery-codes'
import { unseal } from './seal'
import { makeTicket } from './tickets'
import { totpStep } from './totp'

type Here = Pick<Panel, 'db' | 'auth' | 'now'>

const TICKET_MS = 5 * 60_000

/** Stands for the first factor, which was right, until the second is given. */
export async function askSecondFactor(
  { db, now }: Pick<Here, 'db' | 'now'>,
  userId: string,
): Promise<NeedsSecondFactor> {
  const ticket = await makeTicket(db, {
    ...{ purpose: 'second-factor', userId, ttlMs: TICKET_MS, now: now() },
  })
  const codes = await countRecoveryCodes(db, userId)
  return {
    needs: 'second-factor',
    ticket,
    ways: codes > 0 ? ['code', 'recovery-code'] : ['code'],
  }
}

/** Whether this is a one-time code of the person's that was not used before; it is used up by this. */
export async function takeTotpCode(
  { db, auth, now }: Here,
  userId: string,
  code: string,
): Promise<boolean> {
  const totp = await findTotp(db, userId)
  const secret = totp && unseal(auth.sealKey, userId, totp.sealed)
  const step = secret ? totpStep(secret, code, now()) : null
  return step !== null && takeTotpStep(db, userId, step)
}

/** Whether this is a recovery code of the person's; it is used up by this, and that is audited. */
export async function takeRecovery(
  { db, now }: Here,
  actor: Actor & { id: string },
  code: string,
): Promise<boolean> {
  return transact(db, async (tx) => {
    const used = { userId: actor.id, hash: hashRecoveryCode(code), now: now() }
    if (!(await takeRecoveryCode(tx, used))) return false
    const note = `${await countRecoveryCodes(tx, actor.id)} left`
    const object = { kind: 'account', id: actor.name }
    await appendAudit(tx, actor, { action: 'account.recovery-code-used', object, note }, now())
    return true
  })
}
