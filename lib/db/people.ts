import { randomUUID } from 'node:crypto'
import type { Role } from '@/lib/api/contract'
import type { BreakGlassUse, Person } from '@/lib/api/contract-people'
import type { Db, Tx } from './client'
import { findOidcSettings, type OidcSettings } from './oidc-settings'

/** What an admin is shown of each person; `now` (UTC milliseconds) decides which sessions live. */
export async function listPeople(db: Db | Tx, now: number): Promise<Person[]> {
  const rows = await db.user.findMany({ include: include(now), orderBy: { username: 'asc' } })
  const invited = await invitedUntil(db, now)
  const oidc = await findOidcSettings(db)
  const able = rows.filter((row) => isAbleAdmin(row, oidc))
  return rows.map((row) => ({
    ...toPerson(row, oidc),
    invitedUntil: invited.get(row.id) ?? null,
    lastAdmin: able.length === 1 && able[0]?.id === row.id,
  }))
}

/** One person; null: there is none with this id. */
export async function findPerson(db: Db | Tx, id: string, now: number): Promise<Person | null> {
  return (await listPeople(db, now)).find((person) => person.id === id) ?? null
}

/**
 * How many enabled admins have a way to sign in, and how many of them are break-glass accounts with
 * a password. At 0 nobody could put things right any more.
 */
export async function countAbleAdmins(db: Db | Tx): Promise<{ all: number; breakGlass: number }> {
  const rows = await db.user.findMany({
    where: { role: 'admin', disabled: false },
    include: include(0),
  })
  const oidc = await findOidcSettings(db)
  return {
    all: rows.filter((row) => isAbleAdmin(row, oidc)).length,
    breakGlass: rows.filter((row) => row.breakGlass && hasPassword(row)).length,
  }
}

/** Stores a person who has no way to sign in yet; the id. Throws on a name that exists in any case. */
export async function createPerson(
  tx: Tx,
  { name, role, now }: { name: string; role: Role; now: number },
): Promise<string> {
  const id = randomUUID()
  const username = name.toLowerCase()
  const at = { createdAt: new Date(now), updatedAt: new Date(now) }
  await tx.user.create({
    data: {
      ...{ id, name, email: `${username}@panel.local`, username, displayUsername: name, role },
      ...at,
    },
  })
  return id
}

/** Whether a name is taken, in any case of its letters. */
export const isNameTaken = async (db: Db | Tx, name: string): Promise<boolean> =>
  (await db.user.count({ where: { username: name.toLowerCase() } })) > 0

/** Marks that a person is being changed; whether there is one. May open a transaction. */
export async function touchPerson(tx: Tx, id: string, now: number): Promise<boolean> {
  const { count } = await tx.user.updateMany({ where: { id }, data: { updatedAt: new Date(now) } })
  return count === 1
}

/** Changes what is stored about a person directly; nothing where nothing is given. */
export async function updatePerson(
  tx: Tx,
  id: string,
  change: { role?: Role; disabled?: boolean; breakGlass?: boolean },
): Promise<void> {
  await tx.user.update({ where: { id }, data: change })
}

/** Replaces all of a person's roles on single topologies. `by` is who gives them. */
export async function replaceGrants(
  tx: Tx,
  userId: string,
  grants: Readonly<Record<string, Role>>,
  { by, now }: { by: string; now: number },
): Promise<void> {
  await tx.topologyGrant.deleteMany({ where: { userId } })
  for (const [topologyId, role] of Object.entries(grants))
    await tx.topologyGrant.create({ data: { topologyId, userId, role, by, at: new Date(now) } })
}

/** Which of these topologies do not exist. */
export async function unknownTopologies(
  db: Db | Tx,
  ids: readonly string[],
): Promise<readonly string[]> {
  const rows = await db.topology.findMany({ where: { id: { in: [...ids] } }, select: { id: true } })
  return ids.filter((id) => !rows.some((row) => row.id === id))
}

/** Sets a person's password, their first or another. */
export async function putPassword(
  tx: Tx,
  userId: string,
  { hash, now }: { hash: string; now: number },
): Promise<void> {
  const where = { userId, providerId: 'credential' }
  const { count } = await tx.account.updateMany({ where, data: { password: hash } })
  if (count > 0) return
  await tx.account.create({
    data: {
      ...{ id: randomUUID(), accountId: userId, ...where, password: hash },
      ...{ createdAt: new Date(now), updatedAt: new Date(now) },
    },
  })
}

/**
 * Ends all sessions of a person, or those that began by one of `methods`, with what would become one
 * shortly: half a sign-in, a phone's link. Their ids, so that open sockets can be hung up.
 */
export async function endSessionsOf(
  tx: Tx,
  userId: string,
  methods?: readonly string[],
): Promise<readonly string[]> {
  const where = { userId, ...(methods === undefined ? {} : { method: { in: [...methods] } }) }
  const rows = await tx.session.findMany({ where, select: { id: true } })
  await tx.session.deleteMany({ where })
  await tx.ticket.deleteMany({ where: { userId, purpose: { in: ['second-factor', 'phone'] } } })
  return rows.map(({ id }) => id)
}

/** Takes one-time codes, recovery codes and passkeys away; the password stays. */
export async function removeSecondFactor(tx: Tx, userId: string): Promise<void> {
  const totp = { totpSealed: null, totpSince: null, totpLastStep: null }
  await tx.user.update({ where: { id: userId }, data: totp })
  await tx.recoveryCode.deleteMany({ where: { userId } })
  await tx.passkey.deleteMany({ where: { userId } })
}

/** Forgets a person with all that signs them in; what they did stays in the audit log, by name. */
export async function removePerson(tx: Tx, id: string): Promise<void> {
  await tx.user.delete({ where: { id } })
}

/** Whether an account is marked for when the provider is not there. */
export async function isBreakGlass(db: Db | Tx, id: string): Promise<boolean> {
  const row = await db.user.findUnique({ where: { id }, select: { breakGlass: true } })
  return row?.breakGlass === true
}

/** Uses of break-glass accounts after an entry of the audit log, newest first, at most 20. */
export async function listBreakGlassUses(db: Db | Tx, after: number): Promise<BreakGlassUse[]> {
  const rows = await db.auditEntry.findMany({
    where: { action: 'session.break-glass', outcome: 'done', seq: { gt: after } },
    orderBy: { seq: 'desc' },
    take: 20,
  })
  return rows.map((row) => ({
    ...{ seq: row.seq, at: row.at.getTime(), name: row.actorName, from: row.from },
  }))
}

/** Every topology by id and name, for the roles that are given on single ones. */
export const listTopologyNames = (db: Db | Tx): Promise<{ id: string; name: string }[]> =>
  db.topology.findMany({ select: { id: true, name: true }, orderBy: { id: 'asc' } })

const include = (now: number) =>
  ({
    accounts: { where: { providerId: 'credential' }, select: { password: true } },
    grants: { select: { topologyId: true, role: true } },
    passkeys: { select: { id: true, lastUsedAt: true } },
    identities: { select: { issuer: true, lastUsedAt: true } },
    sessions: {
      where: { expiresAt: { gt: new Date(now) } },
      select: { createdAt: true, lastSeenAt: true },
    },
  }) as const

type Row = {
  id: string
  name: string
  displayUsername: string | null
  role: string
  disabled: boolean
  breakGlass: boolean
  createdAt: Date
  totpSince: Date | null
  accounts: { password: string | null }[]
  grants: { topologyId: string; role: string }[]
  passkeys: { lastUsedAt: Date | null }[]
  identities: { issuer: string; lastUsedAt: Date | null }[]
  sessions: { createdAt: Date; lastSeenAt: Date | null }[]
}

const hasPassword = (row: Row) => row.accounts.some(({ password }) => password !== null)

function toPerson(row: Row, oidc: OidcSettings | null): Omit<Person, 'invitedUntil' | 'lastAdmin'> {
  const seen = [
    ...row.sessions.flatMap(({ createdAt, lastSeenAt }) => [createdAt, lastSeenAt]),
    ...[...row.passkeys, ...row.identities].map(({ lastUsedAt }) => lastUsedAt),
  ].flatMap((at) => (at ? [at.getTime()] : []))
  return {
    id: row.id,
    name: row.displayUsername ?? row.name,
    role: row.role as Role,
    grants: Object.fromEntries(row.grants.map((each) => [each.topologyId, each.role as Role])),
    disabled: row.disabled,
    breakGlass: row.breakGlass,
    ways: {
      password: hasPassword(row),
      totp: row.totpSince !== null,
      passkeys: row.passkeys.length,
      provider: row.identities.some(({ issuer }) => issuer === oidc?.issuer),
    },
    createdAt: row.createdAt.getTime(),
    lastSeenAt: seen.length > 0 ? Math.max(...seen) : null,
    sessions: row.sessions.length,
  }
}

/** An admin who could sign in now. One who waits for an invitation to be accepted is none. */
function isAbleAdmin(row: Row, oidc: OidcSettings | null): boolean {
  const { ways } = toPerson(row, oidc)
  const byPassword = ways.password && (row.breakGlass || !oidc?.breakGlassOnly)
  const hasWay = byPassword || ways.passkeys > 0 || ways.provider
  return row.role === 'admin' && !row.disabled && hasWay
}

async function invitedUntil(db: Db | Tx, now: number): Promise<Map<string, number>> {
  const rows = await db.ticket.findMany({
    where: { purpose: 'invite', expiresAt: { gt: new Date(now) } },
    select: { userId: true, expiresAt: true },
  })
  return new Map(rows.flatMap((row) => (row.userId ? [[row.userId, row.expiresAt.getTime()]] : [])))
}
