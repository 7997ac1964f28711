import type { Db, Tx } from './client'

export type TicketRow = { userId: string | null; dataJson: string }

/** Keeps a ticket by its hash, and forgets those that ended. Times are UTC milliseconds. */
export async function putTicket(
  db: Db | Tx,
  ticket: TicketRow & { hash: string; purpose: string; expiresAt: number; now: number },
): Promise<void> {
  const { hash, purpose, userId, dataJson } = ticket
  await db.ticket.deleteMany({ where: { expiresAt: { lte: new Date(ticket.now) } } })
  await db.ticket.create({
    data: {
      ...{ hash, purpose, userId, dataJson },
      createdAt: new Date(ticket.now),
      expiresAt: new Date(ticket.expiresAt),
    },
  })
}

/** A ticket that still counts; it goes on counting. */
export const findTicketRow = (
  db: Db | Tx,
  { hash, purpose, now }: { hash: string; purpose: string; now: number },
): Promise<TicketRow | null> =>
  db.ticket.findFirst({
    where: { hash, purpose, expiresAt: { gt: new Date(now) } },
    select: { userId: true, dataJson: true },
  })

/** Takes a ticket out in one statement, so that of two who come at once one gets it. */
export async function takeTicketRow(
  db: Db | Tx,
  { hash, purpose, now }: { hash: string; purpose: string; now: number },
): Promise<TicketRow | null> {
  const rows = await db.$queryRaw<TicketRow[]>`
    DELETE FROM "Ticket" WHERE "hash" = ${hash} AND "purpose" = ${purpose} AND "expiresAt" > ${now}
    RETURNING "userId", "dataJson"`
  return rows[0] ?? null
}

/** Forgets the tickets of one purpose that an account has. */
export async function dropTickets(db: Db | Tx, userId: string, purpose: string): Promise<void> {
  await db.ticket.deleteMany({ where: { userId, purpose } })
}
