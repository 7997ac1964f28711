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

/** The hash of a person's password; null for nobody's id. */
export async function findPasswordHash(db: Db, userId: string): Promise<string | null> {
  const where = { userId, providerId: 'credential' }
  return (await db.account.findFirst({ where, select: { password: true } }))?.password ?? null
}

/**
 * Stores an account with a password, in the form that the session library expects. Throws on a name
 * that exists (in any case of letters).
 */
export async function createAccount(
  tx: Tx,
  account: { name: string; passwordHash: string; role: Role; now: number },
): Promise<void> {
  const id = randomUUID()
  const at = { createdAt: new Date(account.now), updatedAt: new Date(account.now) }
  const username = account.name.toLowerCase()
  await tx.user.create({
    data: {
      id,
      name: account.name,
      email: `${username}@panel.local`,
      username,
      displayUsername: account.name,
      role: account.role,
      ...at,
      accounts: {
        create: {
          id: randomUUID(),
          accountId: id,
          providerId: 'credential',
          password: account.passwordHash,
          ...at,
        },
      },
    },
  })
}
