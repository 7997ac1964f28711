import type { RecoveryCodes, TotpOffer } from '@/lib/api/contract-account'
import { Refusal } from '@/lib/api/refusal'
import { ProveTotp } from '@/lib/api/requests-account'
import { route } from '@/lib/api/route'
import { toMyAccount } from '@/lib/auth/my-account'
import { panel } from '@/lib/auth/panel'
import { peerFrom } from '@/lib/auth/peer'
import { makeRecoveryCodes } from '@/lib/auth/recovery-codes'
import { seal, unseal } from '@/lib/auth/seal'
import { refuseTooMany } from '@/lib/auth/sign-in-limit'
import { findTicket, makeTicket, takeTicket } from '@/lib/auth/tickets'
import { makeTotpSecret, totpStep, totpUri } from '@/lib/auth/totp'
import { dropTotp, putRecoveryCodes, putTotp } from '@/lib/db/accounts-factors'
import { appendAudit } from '@/lib/db/audit'
import { transact } from '@/lib/db/transact'

const OFFER_MS = 15 * 60_000

/** A new secret; nothing is in force before a code of it came back. */
export const POST = route('POST /api/me/totp', {}, async ({ me }): Promise<TotpOffer> => {
  const { db, auth, now } = panel()
  const secret = makeTotpSecret()
  const ticket = await makeTicket(db, {
    ...{ purpose: 'totp', userId: me.id, ttlMs: OFFER_MS, now: now() },
    data: { sealed: seal(auth.sealKey, me.id, secret) },
  })
  return { ticket, secret, uri: totpUri(secret, me.name) }
})

export const PUT = route(
  'PUT /api/me/totp',
  { body: ProveTotp },
  async ({ body, me, actor, headers }): Promise<RecoveryCodes> => {
    const here = panel()
    const now = here.now()
    const asked = { purpose: 'totp', token: body.ticket, now } as const
    const attempt = { name: me.id, peer: peerFrom(headers) }
    refuseTooMany(here.secondFactorLimit.attempt(attempt, now))
    const ticket = await findTicket(here.db, asked)
    const sealed = ticket?.userId === me.id ? (ticket.data as { sealed: string }).sealed : null
    const secret = sealed && unseal(here.auth.sealKey, me.id, sealed)
    if (!sealed || !secret) throw tooLate()
    const step = totpStep(secret, body.code, now)
    if (step === null) {
      throw new Refusal(
        400,
        'totp.wrong-code',
        'One-time codes are not on yet - the code is not of this secret and this minute - check the clock of the phone and type the next one.',
      )
    }
    const { codes, stored } = makeRecoveryCodes()
    await transact(here.db, async (tx) => {
      if (!(await takeTicket(tx, asked))) throw tooLate()
      await putTotp(tx, { userId: me.id, sealed, step, now })
      await putRecoveryCodes(tx, me.id, stored)
      const object = { kind: 'account', id: me.name }
      await appendAudit(tx, actor, { action: 'account.totp-on', object }, now)
    })
    here.secondFactorLimit.succeeded(attempt)
    return { codes }
  },
)

export const DELETE = route('DELETE /api/me/totp', {}, async ({ me, session, actor }) => {
  const here = panel()
  await transact(here.db, async (tx) => {
    if (!(await dropTotp(tx, me.id))) return
    const object = { kind: 'account', id: me.name }
    await appendAudit(tx, actor, { action: 'account.totp-off', object }, here.now())
  })
  return toMyAccount(here, session)
})

const tooLate = () =>
  new Refusal(
    409,
    'totp.start-again',
    'One-time codes are not on - the secret was offered more than 15 minutes ago or was replaced - start again with a new one.',
  )
