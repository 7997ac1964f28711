import { randomUUID } from 'node:crypto'
import type { Role } from '@/lib/api/contract'
import type { Db, Tx } from './client'

/** How many accounts there are; at 0 the panel waits for its first. */
export const countAccounts = (db: Db | Tx): Promise<number> => db.user.count()

/** What a person may on single topologies instead of everywhere, by the topology's id. */
export async function findGrants(db: Db | Tx, userId: string): Promise<Record<string, Role>> {
  const rows = await db.topologyGrant.findMany({ where: { userId } })
  return Object.fromEntries(rows.map(({ topologyId, role }) => [topologyId, role as Role]))
}

/** What a sign-in has to know of an account. */
export type SignInAccount = {
  id: string
  name: string
  disabled: boolean
  breakGlass: boolean
  /** One-time codes are in force. */
  hasTotp: boolean
  /** Null: it has no password. */
  passwordHash: string | null
}

const signInFields = {
  ...{ id: true, name: true, displayUsername: true, disabled: true, breakGlass: true },
  totpSince: true,
  accounts: { where: { providerId: 'credential' }, select: { password: true } },
} as const

/** An account by the name that is typed (any case of letters), or by its id; null: none. */
export async function findForSignIn(
  db: Db | Tx,
  by: { name: string } | { id: string },
): Promise<SignInAccount | null> {
  const where = 'id' in by ? { id: by.id } : { username: by.name.toLowerCase() }
  const row = await db.user.findUnique({ where, select: signInFields })
  if (!row) return null
  const { id, name, displayUsername, disabled, breakGlass, totpSince, accounts } = row
  return {
    ...{ id, name: displayUsername ?? name, disabled, breakGlass },
    hasTotp: totpSince !== null,
    passwordHash: accounts[0]?.password ?? null,
  }
}

/** The hash of a person's password; null for nobody's id. */
export async function findPasswordHash(db: Db, userId: string): Promise<string | null> {
  return (await findForSignIn(db, { id: userId }))?.passwordHash ?? null
}

/** Gives an account another password, or its first. `now` is UTC milliseconds. */
export async function putPasswordHash(
  tx: Db | Tx,
  { userId, passwordHash, now }: { userId: string; passwordHash: string; now: number },
): Promise<void> {
  const { count } = await tx.account.updateMany({
    where: { userId, providerId: 'credential' },
    data: { password: passwordHash, updatedAt: new Date(now) },
  })
  if (count === 0)
    await tx.account.create({ data: { userId, ...credential(userId, passwordHash, now) } })
}

const credential = (accountId: string, password: string, now: number) => ({
  ...{ id: randomUUID(), accountId, providerId: 'credential', password },
  ...{ createdAt: new Date(now), updatedAt: new Date(now) },
})

/**
 * Stores an account with a password, in the form that the session library expects; answers its id.
 * Throws on a name that exists (in any case of letters).
 */
export async function createAccount(
  tx: Tx,
  account: { name: string; passwordHash: string; role: Role; now: number },
): Promise<string> {
  const id = randomUUID()
  const username = account.name.toLowerCase()
  await tx.user.create({
    data: {
      id,
      name: account.name,
      email: `${username}@panel.local`,
      username,
      displayUsername: account.name,
      role: account.role,
      createdAt: new Date(account.now),
      updatedAt: new Date(account.now),
      accounts: { create: credential(id, account.passwordHash, account.now) },
    },
  })
  return id
}
