import type { Invitation } from '@/lib/api/contract-people'
import { Refusal } from '@/lib/api/refusal'
import { appendAudit } from '@/lib/db/audit'
import type { Db, Tx } from '@/lib/db/client'
import { findOidcSettings } from '@/lib/db/oidc-settings'
import { endSessionsOf, findPerson, putPassword } from '@/lib/db/people'
import { dropTickets } from '@/lib/db/tickets'
import { transact } from '@/lib/db/transact'
import type { Panel } from './panel'
import { hashPassword } from './password'
import { refuseGuessable } from './password-policy'
import { peerFrom } from './peer'
import type { PanelSession } from './session'
import { startSession } from './start-session'
import { findTicket, makeTicket, takeTicket } from './tickets'

/** How long a link counts: until tomorrow, not until it is forgotten in a chat. */
export const INVITATION_MS = 24 * 60 * 60_000

/** Makes a person's one link; one that they had before no longer counts. */
export async function makeInvitation(
  tx: Tx,
  userId: string,
  now: number,
): Promise<{ token: string; expiresAt: number }> {
  await dropTickets(tx, userId, 'invite')
  const token = await makeTicket(tx, { purpose: 'invite', userId, ttlMs: INVITATION_MS, now })
  return { token, expiresAt: now + INVITATION_MS }
}

/** Whose invitation it is and what can be done with it. Uses nothing up. */
export async function lookAtInvitation(
  db: Db,
  token: string,
  now: number,
): Promise<Invitation & { userId: string }> {
  const ticket = await findTicket(db, { purpose: 'invite', token, now })
  const person = ticket?.userId ? await findPerson(db, ticket.userId, now) : null
  if (!person || person.disabled) throw invitationOver()
  const oidc = await findOidcSettings(db)
  const { ways } = person
  return {
    userId: person.id,
    name: person.name,
    reset: ways.password || ways.passkeys > 0 || ways.provider,
    expiresAt: person.invitedUntil ?? now,
    oidc: oidc && !ways.provider && !ways.totp ? { name: oidc.label } : null,
    passwords: !oidc?.breakGlassOnly || person.breakGlass,
  }
}

/**
 * Sets the password of whoever the invitation is for, ends their sessions, and signs them in: the
 * cookies. Null for an account with a second factor, which the link does not stand in for: the
 * person signs in with the new password and that.
 */
export async function acceptByPassword(
  panel: Pick<Panel, 'db' | 'auth' | 'now' | 'live'>,
  headers: Headers,
  { token, password, replaces }: { token: string; password: string; replaces: PanelSession | null },
): Promise<string[] | null> {
  const { db, now, live } = panel
  // Looked at before anything costs: a hash takes 19 MiB, and anybody may ask. Taken below, once.
  const { name, passwords } = await lookAtInvitation(db, token, now())
  if (!passwords) throw notByPassword()
  await refuseGuessable(password, name)
  const hash = await hashPassword(password)
  const at = now()
  const { person, ended } = await transact(db, async (tx) => {
    const ticket = await takeTicket(tx, { purpose: 'invite', token, now: at })
    const person = ticket?.userId ? await findPerson(tx, ticket.userId, at) : null
    if (!person || person.disabled) throw invitationOver()
    await putPassword(tx, person.id, { hash, now: at })
    const ended = await endSessionsOf(tx, person.id)
    const { id, name } = person
    const note = { action: 'person.invite-accept', object: { kind: 'account', id: name } } as const
    const actor = { id, name, via: 'browser', from: peerFrom(headers) } as const
    await appendAudit(tx, actor, { ...note, after: { way: 'password' } }, at)
    return { person, ended }
  })
  for (const session of ended) live.endSession(session)
  if (person.ways.totp) return null
  return startSession(panel, headers, {
    ...{ userId: person.id, kind: 'browser', method: 'invite', confirmed: true },
    replaces,
  })
}

/** The link does not count: nobody is told whether it ever did. */
export const invitationOver = () =>
  new Refusal(
    404,
    'invite.unknown',
    'This link does not count - it was used, it is older than 24 hours, or another one took its place - ask an admin of this panel for a new one.',
  )

const notByPassword = () =>
  new Refusal(
    409,
    'invite.not-by-password',
    'No password was set - people of this panel sign in through their provider - accept the invitation there.',
  )
