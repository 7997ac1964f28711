import { randomBytes } from 'node:crypto'
import { findForSignIn, putPasswordHash, type SignInAccount } from '@/lib/db/accounts'
import type { Db } from '@/lib/db/client'
import { hashPassword, isOutdated, isPassword } from './password'

/** Who a name and a password belong to; null: to nobody, or to an account that was switched off. */
export async function findByPassword(
  db: Db,
  { name, password, now }: { name: string; password: string; now: number },
): Promise<SignInAccount | null> {
  const found = await findForSignIn(db, { name })
  // An unknown name takes as long as a wrong password.
  const right = await isPassword(found?.passwordHash ?? (await nobodysHash()), password)
  if (!found?.passwordHash || !right || found.disabled) return null
  if (isOutdated(found.passwordHash)) {
    const passwordHash = await hashPassword(password)
    await putPasswordHash(db, { userId: found.id, passwordHash, now })
  }
  return found
}

let nobodys: Promise<string> | null = null

/** A hash of today's cost that no password has. */
function nobodysHash(): Promise<string> {
  nobodys ??= hashPassword(randomBytes(32).toString('base64url'))
  return nobodys
}
