import { createHash, randomBytes } from 'node:crypto'
import type { Db, Tx } from '@/lib/db/client'
import { findTicketRow, putTicket, type TicketRow, takeTicketRow } from '@/lib/db/tickets'

/** What a ticket stands for; one made for one purpose is nothing for another. */
export type TicketPurpose = 'invite' | 'phone' | 'second-factor' | 'passkey' | 'totp' | 'oidc'

/** Whose it is, and what its maker left in it, as JSON gives it back. */
export type Ticket = { userId: string | null; data: unknown }

const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url')

/**
 * Makes something that counts once: 256 random bits for its holder, of which only the SHA-256 is
 * stored. `ttlMs` is how long it counts; `now` is UTC milliseconds.
 */
export async function makeTicket(
  db: Db | Tx,
  ticket: {
    purpose: TicketPurpose
    userId?: string | null
    data?: unknown
    ttlMs: number
    now: number
  },
): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  await putTicket(db, {
    hash: hashOf(token),
    purpose: ticket.purpose,
    userId: ticket.userId ?? null,
    dataJson: JSON.stringify(ticket.data ?? null),
    expiresAt: ticket.now + ticket.ttlMs,
    now: ticket.now,
  })
  return token
}

/** What a ticket stands for, which goes on counting; null: it ended, was taken, or never was. */
export async function findTicket(
  db: Db | Tx,
  asked: { purpose: TicketPurpose; token: string; now: number },
): Promise<Ticket | null> {
  return opened(await findTicketRow(db, { ...asked, hash: hashOf(asked.token) }))
}

/** Uses a ticket up; null: it ended, was taken, or never was. Of two at once one gets it. */
export async function takeTicket(
  db: Db | Tx,
  asked: { purpose: TicketPurpose; token: string; now: number },
): Promise<Ticket | null> {
  return opened(await takeTicketRow(db, { ...asked, hash: hashOf(asked.token) }))
}

const opened = (row: TicketRow | null): Ticket | null =>
  row === null ? null : { userId: row.userId, data: JSON.parse(row.dataJson) as unknown }
