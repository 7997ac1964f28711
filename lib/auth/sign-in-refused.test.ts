import { expect, test, vi } from 'vitest'
import { makeNoteSignInRefused, type SignInRefused } from './sign-in-refused'
import { tempPanel } from './testing/temp-panel'

// Each write is a flush of the disk, which anybody can measure from outside.
test('a refused sign-in writes as often for a name that exists as for one that does not', async () => {
  const { panel } = await tempPanel()
  const note = makeNoteSignInRefused(panel.db)
  const writes = vi.spyOn(panel.db, '$transaction')
  const refused = (account: SignInRefused['account'], now: number) =>
    note({
      ...{ action: 'session.sign-in', way: 'password', via: 'browser', from: '10.0.0.9' },
      ...{ account, now },
    })
  const writesOf = async (account: SignInRefused['account']) => {
    const counts: number[] = []
    for (const now of [1, 2, 3]) {
      writes.mockClear()
      await refused(account, now)
      counts.push(writes.mock.calls.length)
    }
    return counts
  }
  const unknown = await writesOf(null)
  expect(unknown).toEqual([1, 1, 1])
  expect(await writesOf({ id: 'u1', name: 'ada' })).toEqual(unknown)
  // However often it is tried, the audit grows by one entry a minute of each.
  expect(await panel.db.auditEntry.count({ where: { outcome: 'refused' } })).toBe(2)
})
