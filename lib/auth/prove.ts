import type { Me } from '@/lib/api/contract'
import type { ConfirmRequest } from '@/lib/api/contract-account'
import { Refusal } from '@/lib/api/refusal'
import { findPasswordHash } from '@/lib/db/accounts'
import { notePasskeyUse } from '@/lib/db/accounts-passkeys'
import type { Panel } from './panel'
import { provePasskey } from './passkeys'
import { isPassword } from './password'
import { peerFrom } from './peer'
import { takeTotpCode } from './second-factor'
import { refuseTooMany } from './sign-in-limit'

export type Way = 'password' | 'code' | 'passkey'

/** Which way a proof takes. */
export const wayOf = (proof: ConfirmRequest): Way =>
  'password' in proof ? 'password' : 'code' in proof ? 'code' : 'passkey'

/**
 * Whether a signed-in person is who they are, by one of the ways that their account has. Counted
 * against the same limits as signing in; throws (429) beyond them.
 */
export async function isProof(
  here: Panel,
  headers: Headers,
  { me, proof }: { me: Me; proof: ConfirmRequest },
): Promise<boolean> {
  if ('passkey' in proof) return isPasskeyOf(here, headers, me, proof)
  const limit = 'password' in proof ? here.signInLimit : here.secondFactorLimit
  const name = 'password' in proof ? me.name : me.id
  const attempt = { name, peer: peerFrom(headers) }
  refuseTooMany(limit.attempt(attempt, here.now()))
  const right =
    'password' in proof
      ? await isPasswordOf(here, me.id, proof.password)
      : await takeTotpCode(here, me.id, proof.code)
  if (right) limit.succeeded(attempt)
  return right
}

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
