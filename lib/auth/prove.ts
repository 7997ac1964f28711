import type { Me } from '@/lib/api/contract'
import type { ConfirmRequest } from '@/lib/api/contract-account'
import { Refusal } from '@/lib/api/refusal'
import { findPasswordHash } from '@/lib/db/accounts'
import { findTotp } from '@/lib/db/accounts-factors'
import { notePasskeyUse } from '@/lib/db/accounts-passkeys'
import type { Db } from '@/lib/db/client'
import type { Panel } from './panel'
import { provePasskey } from './passkeys'
import { isPassword } from './password'
import { peerFrom } from './peer'
import { refuseGuessing } from './refuse-guessing'
import { takeTotpCode } from './second-factor'

/** What of a proof can be wrong. */
export type Way = 'password' | 'code' | 'passkey'

/** How a proof was given, for the audit log. */
export const wayOf = (proof: ConfirmRequest): string =>
  'passkey' in proof ? 'passkey' : proof.code === undefined ? 'password' : 'password and code'

/**
 * Refuses (403 `confirm.needs-code`) the password alone where the account has one-time codes: what
 * takes two factors at the door takes two here. A passkey is two, unlocked as it has to be.
 */
export async function refuseHalf(db: Db, userId: string, proof: ConfirmRequest): Promise<void> {
  if ('passkey' in proof || proof.code !== undefined) return
  if ((await findTotp(db, userId)) === null) return
  throw new Refusal(
    403,
    'confirm.needs-code',
    'It is not proved yet - this account has one-time codes, and the password alone is half - type the code as well.',
  )
}

/**
 * What of a proof by a signed-in person is wrong; null: it is all right. Counted against the same
 * limits as signing in; throws (429) beyond them.
 */
export async function whatIsWrong(
  here: Panel,
  headers: Headers,
  { me, proof }: { me: Me; proof: ConfirmRequest },
): Promise<Way | null> {
  if ('passkey' in proof) {
    return (await isPasskeyOf(here, headers, me, proof)) ? null : 'passkey'
  }
  const { password, code } = proof
  const peer = peerFrom(headers)
  const tried = { name: me.name, peer }
  await refuseGuessing(here, here.signInLimit, tried, async () => me.id)
  if (!(await isPasswordOf(here, me.id, password))) return 'password'
  here.signInLimit.succeeded(tried)
  if (code === undefined) return null
  const typed = { name: me.id, peer }
  await refuseGuessing(here, here.secondFactorLimit, typed, async () => me.id)
  if (!(await takeTotpCode(here, me.id, code))) return 'code'
  here.secondFactorLimit.succeeded(typed)
  return null
}

/** Whether all of a proof is right; see {@link whatIsWrong}. */
export const isProof = async (
  here: Panel,
  headers: Headers,
  given: { me: Me; proof: ConfirmRequest },
): Promise<boolean> => (await whatIsWrong(here, headers, given)) === null

async function isPasswordOf({ db }: Panel, userId: string, password: string): Promise<boolean> {
  const hash = await findPasswordHash(db, userId)
  return hash !== null && (await isPassword(hash, password))
}

async function isPasskeyOf(
  here: Panel,
  headers: Headers,
  me: Me,
  { passkey: answer }: Extract<ConfirmRequest, { passkey: unknown }>,
): Promise<boolean> {
  const asked = { use: 'confirm', userId: me.id, answer } as const
  try {
    const { passkey, counter } = await provePasskey(here, headers, asked)
    return await notePasskeyUse(here.db, {
      ...{ id: passkey.id, was: passkey.counter, counter, now: here.now() },
    })
  } catch (error) {
    if (error instanceof Refusal && error.code === 'passkey.not-proved') return false
    throw error
  }
}
