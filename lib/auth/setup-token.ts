import { createHash, randomBytes } from 'node:crypto'
import { countAccounts, createAccount } from '@/lib/db/accounts'
import { type Actor, appendAudit } from '@/lib/db/audit'
import type { Db } from '@/lib/db/client'
import { findSetting, putSetting, takeSetting } from '@/lib/db/settings'
import { hashPassword } from './password'
import { refuseGuessable } from './password-policy'

const KEY = 'setup.token'
const hashed = (token: string) => createHash('sha256').update(token).digest('base64url')

/**
 * A new one-time token for making the first account, for the panel to print at start; null when
 * there is an account. Only its hash is stored; a token of an earlier start no longer counts.
 */
export async function setupToken(db: Db): Promise<string | null> {
  if ((await countAccounts(db)) > 0) return null
  const token = randomBytes(32).toString('base64url')
  await putSetting(db, KEY, hashed(token))
  return token
}

/**
 * Makes the first account, an admin, and uses up the token, both or neither. Answers its id; null when
 * the token is not (or no longer) the one that was printed.
 */
export async function redeemSetupToken(
  db: Db,
  { token, name, password }: { token: string; name: string; password: string },
  { actor, now }: { actor: Actor; now: number },
): Promise<string | null> {
  // Looked at before anything costs: a hash takes 19 MiB, and anybody may ask. Taken below, once.
  if ((await findSetting<string>(db, KEY)) !== hashed(token)) return null
  await refuseGuessable(password, name)
  const passwordHash = await hashPassword(password)
  return db.$transaction(async (tx) => {
    if (!(await takeSetting(tx, KEY, hashed(token)))) return null
    if ((await countAccounts(tx)) > 0) return null
    const id = await createAccount(tx, { name, passwordHash, role: 'admin', now })
    const note = { action: 'panel.setup', object: { kind: 'account', id: name } } as const
    await appendAudit(tx, { ...actor, id, name }, note, now)
    return id
  })
}
