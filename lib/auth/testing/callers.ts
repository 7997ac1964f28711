import type { Role } from '@/lib/api/contract'
import type { Scope } from '@/lib/api/scopes'
import { createAccount } from '@/lib/db/accounts'
import { createToken } from '@/lib/db/api-tokens'
import type { Panel } from '../panel'
import { hashPassword } from '../password'
import { cookieHeader } from '../session'
import { startSession } from '../start-session'
import { beginningOf, hashOfToken, newToken } from '../tokens'
import { PASSWORD } from './temp-panel'

export type Person = {
  name: string
  role: Role
  /** What they may on single topologies, by id; these have to exist. */
  grants?: Record<string, Role>
}

/** Made once: a hash costs a tenth of a second. */
let passwordHash: Promise<string> | null = null

/** Makes an account with {@link PASSWORD} and answers its id. */
export async function makePerson(
  { db, now }: Pick<Panel, 'db' | 'now'>,
  { name, role, grants = {} }: Person,
): Promise<string> {
  passwordHash ??= hashPassword(PASSWORD)
  await createAccount(db, { name, role, passwordHash: await passwordHash, now: now() })
  const { id } = await db.user.findUniqueOrThrow({ where: { username: name.toLowerCase() } })
  for (const [topologyId, granted] of Object.entries(grants))
    await db.topologyGrant.create({
      data: { topologyId, userId: id, role: granted, by: 'test', at: new Date(now()) },
    })
  return id
}

/** Begins a session of that account, confirmed or not, and answers its cookie. */
export async function cookieFor(
  panel: Panel,
  userId: string,
  { kind = 'browser', confirmed = true }: { kind?: 'browser' | 'phone'; confirmed?: boolean } = {},
): Promise<string> {
  const start = { userId, kind, confirmed, method: 'password' } as const
  return cookieHeader(await startSession(panel, new Headers(), start))
}

/** Makes an account with a session, and answers the cookie. */
export const signInAs = async (panel: Panel, person: Person): Promise<string> =>
  cookieFor(panel, await makePerson(panel, person))

/** Makes a token of that account and answers the header that carries it. */
export async function bearerFor(
  panel: Pick<Panel, 'db' | 'now'>,
  userId: string,
  made: { scopes: readonly Scope[]; topologies?: string[]; expiresAt?: number },
): Promise<{ authorization: string }> {
  const token = newToken()
  const { scopes, topologies = null, expiresAt = null } = made
  const parts = { hash: hashOfToken(token), prefix: beginningOf(token) }
  const actor = { id: userId, name: 'test', via: 'browser', from: null } as const
  await createToken(
    panel.db,
    { userId, name: 'test', scopes, topologies, expiresAt, ...parts },
    { actor, now: panel.now() },
  )
  return { authorization: `Bearer ${token}` }
}
