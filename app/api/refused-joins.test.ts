import { expect, onTestFinished, test } from 'vitest'
import { tempPanel } from '@/lib/auth/testing/temp-panel'
import { sampleLive } from './testing/socket-rows'

test('a socket that asks for a job that is hidden from it is written down, once a minute', async () => {
  const { panel, signedIn } = await tempPanel()
  const cookie = await signedIn('viewer')
  await panel.db.user.updateMany({ data: { role: 'member' } })
  const live = await sampleLive({ panel })
  const socket = live.open({ cookie })
  onTestFinished(async () => {
    socket.disconnect()
    await live.close()
  })
  const join = (jobId: string) =>
    new Promise((resolve) =>
      socket.emit('join-job', { jobId, afterLine: 0, afterSeq: 0 }, ({ ok }) => resolve(ok)),
    )
  const written = () =>
    panel.db.auditEntry.findMany({ where: { action: 'access.refused' }, orderBy: { seq: 'asc' } })

  expect([await join('not-mine'), await join('not-mine'), await join('nor-this')]).toEqual([
    false,
    false,
    false,
  ])
  await expect
    .poll(written)
    .toMatchObject([
      { objectId: 'socket join-job', afterJson: expect.stringContaining('not-mine') },
    ])
})
