import { randomBytes, randomUUID } from 'node:crypto'
import { Refusal } from '@/lib/api/refusal'
import { appendAudit } from '@/lib/db/audit'
import { createSession, deleteEndedSessions, deleteSession, wasSeen } from '@/lib/db/sessions'
import { transact } from '@/lib/db/transact'
import { type Auth, libraryFor } from './auth'
import { noteBreakGlass } from './break-glass'
import { deviceOf } from './device'
import type { Panel } from './panel'
import { peerFrom } from './peer'

const DAY_MS = 24 * 60 * 60_000
/** From its beginning; nothing prolongs a session. */
export const SESSION_MS = { browser: 7 * DAY_MS, phone: 30 * DAY_MS } as const

export type SessionStart = {
  userId: string
  /** A `phone` only looks until it is confirmed. */
  kind: 'browser' | 'phone'
  /** How the person proved who they are. */
  method: 'password' | 'passkey' | 'oidc' | 'invite' | 'phone' | 'setup'
  /** Whether that counts as a fresh proof for what is dangerous. */
  confirmed: boolean
  /** The session that this browser had until now: it ends, so that none is left behind. */
  replaces?: { id: string; me: { id: string } } | null
}

/**
 * The one way in which a session begins, whatever proved who the person is: stores it, writes it to
 * the audit log in the same transaction, and answers the cookies that carry it. Refuses (401) an
 * account that was switched off.
 */
export async function startSession(
  { db, auth, now, live }: Pick<Panel, 'db' | 'auth' | 'now' | 'live'>,
  headers: Headers,
  { userId, kind, method, confirmed, replaces }: SessionStart,
): Promise<string[]> {
  const at = now()
  const from = peerFrom(headers)
  const userAgent = headers.get('user-agent') ?? ''
  const token = randomBytes(32).toString('base64url')
  const session = { id: randomUUID(), token, userId, kind, method, from, userAgent }
  const times = { now: at, expiresAt: at + SESSION_MS[kind], confirmedAt: confirmed ? at : null }
  await transact(db, async (tx) => {
    await deleteEndedSessions(tx, at)
    const user = await tx.user.findUnique({ where: { id: userId } })
    if (!user || user.disabled) throw new SwitchedOff()
    if (replaces) await deleteSession(tx, replaces.me.id, replaces.id)
    const seen = await wasSeen(tx, userId, from)
    await createSession(tx, { ...session, ...times })
    const name = user.displayUsername ?? user.name
    const after = {
      ...{ way: method, session: session.id, device: deviceOf(userAgent) },
      ...(seen.ever && !seen.here ? { newPlace: true } : {}),
    }
    const via = kind === 'phone' ? 'phone' : 'browser'
    const actor = { id: userId, name, via, from } as const
    const object = { kind: 'account', id: name }
    await appendAudit(tx, actor, { action: 'session.sign-in', object, after }, at)
    await noteBreakGlass(tx, actor, { userId, method, now: at })
  })
  if (replaces) live.endSession(replaces.id)
  return sessionCookies(auth, headers, { token, maxAgeMs: SESSION_MS[kind] })
}

/** The cookies for a session's token; with `maxAgeMs` 0 those that forget it. */
export async function sessionCookies(
  auth: Auth,
  headers: Headers,
  { token, maxAgeMs }: { token: string; maxAgeMs: number },
): Promise<string[]> {
  const answer = await libraryFor(auth, headers).api.sessionCookie({
    body: { token, maxAge: Math.floor(maxAgeMs / 1000) },
    returnHeaders: true,
  })
  return answer.headers.getSetCookie()
}

class SwitchedOff extends Refusal {
  constructor() {
    super(
      401,
      'session.switched-off',
      'You are not signed in - this account was switched off - ask an admin of this panel.',
    )
  }
}
