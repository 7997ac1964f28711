import { expect, test } from 'vitest'
import { acceptIdentity, clearChange, listChanges, recordChange } from './identities'
import { tempDb } from './testing/temp-db'
import { atTheBox } from './who'

const actor = atTheBox('ada')
const ID = 'vm:home/web'

async function shown() {
  const { db } = await tempDb()
  const place = { topologyId: 'home', objectId: 'web' }
  const show = (offered: string, now: number, expected = 'SHA256:own') =>
    recordChange(
      db,
      ID,
      { kind: 'vm', name: 'web', expected, offered, offeredKey: `ssh-ed25519 ${offered}` },
      { place, actor, now },
    )
  const entries = () => db.auditEntry.count({ where: { action: 'identity.changed' } })
  return { db, show, entries }
}

test('a machine that shows another key at each look is news every ten minutes, and its last one is accepted', async () => {
  const { db, show, entries } = await shown()
  const news: boolean[] = []
  for (let n = 0; n < 200; n++) news.push(await show(`SHA256:${n}`, n * 10_000))
  expect(news.filter(Boolean)).toHaveLength(4)
  expect(await entries()).toBe(4)
  expect(await listChanges(db)).toMatchObject([{ offered: 'SHA256:199', seenAt: 180 * 10_000 }])
  const how = { actor, now: 1 }
  await expect(acceptIdentity(db, { id: ID, offered: 'SHA256:0' }, how)).rejects.toMatchObject({
    code: 'identity.other-again',
  })
  await acceptIdentity(db, { id: ID, offered: 'SHA256:199' }, how)
  const row = await db.identity.findUniqueOrThrow({ where: { id: ID } })
  expect(row.pinned).toBe('ssh-ed25519 SHA256:199')
})

test('what was in order meanwhile, or held to another identity, is news at once', async () => {
  const { db, show, entries } = await shown()
  expect(await show('SHA256:a', 1)).toBe(true)
  expect(await show('SHA256:a', 2)).toBe(false)
  await clearChange(db, ID)
  expect(await show('SHA256:b', 3)).toBe(true)
  expect(await show('SHA256:c', 4, 'SHA256:accepted')).toBe(true)
  expect(await entries()).toBe(3)
})
