import { expect, test } from 'vitest'
import { tempDb } from '@/lib/db/testing/temp-db'
import { findTicket, makeTicket, takeTicket } from './tickets'

const TTL = { ttlMs: 60_000, now: 1_000 }

test('a ticket counts once, until its end, for its purpose, with what its maker left in it', async () => {
  const { db } = await tempDb()
  const token = await makeTicket(db, { purpose: 'invite', data: { role: 'viewer' }, ...TTL })
  const asked = { purpose: 'invite', token, now: 60_999 } as const
  expect(await findTicket(db, asked)).toEqual({ userId: null, data: { role: 'viewer' } })
  expect(await takeTicket(db, { ...asked, purpose: 'phone' })).toBeNull()
  expect(await takeTicket(db, { ...asked, token: `${token}x` })).toBeNull()
  expect(await takeTicket(db, { ...asked, now: 61_000 })).toBeNull()
  expect(await takeTicket(db, asked)).toEqual({ userId: null, data: { role: 'viewer' } })
  expect(await takeTicket(db, asked)).toBeNull()
  expect(await findTicket(db, asked)).toBeNull()
})

test('of many who take it at once, one gets it', async () => {
  const { db } = await tempDb()
  const token = await makeTicket(db, { purpose: 'phone', ...TTL })
  const asked = { purpose: 'phone', token, now: 2_000 } as const
  const taken = await Promise.all(Array.from({ length: 8 }, () => takeTicket(db, asked)))
  expect(taken.filter((each) => each !== null)).toHaveLength(1)
})

test('what its holder has is not stored, and what ended is forgotten', async () => {
  const { db } = await tempDb()
  const token = await makeTicket(db, { purpose: 'invite', ...TTL })
  expect(JSON.stringify(await db.ticket.findMany())).not.toContain(token)
  await makeTicket(db, { purpose: 'invite', ttlMs: 1, now: 100_000 })
  expect(await db.ticket.count()).toBe(1)
})
