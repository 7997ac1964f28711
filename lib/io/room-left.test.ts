import { expect, test } from 'vitest'
import { judgeRoom, NoRoomError, roomLeft } from './room-left'

const GIB = 2 ** 30

test.each([
  ['plenty', 40 * GIB, 64 * GIB, 'ok'],
  ['under 5 % of a large disk', 90 * GIB, 2000 * GIB, 'low'],
  ['under 1 GiB of a small one', 0.9 * GIB, 8 * GIB, 'low'],
  ['under 200 MiB', 0.19 * GIB, 64 * GIB, 'full'],
  ['nothing', 0, 64 * GIB, 'full'],
])('%s', (_, free, total, level) => {
  expect(judgeRoom(free, total).level).toBe(level)
})

test('the disk of a folder is measured, and a full one says what to do', async () => {
  const { freeBytes, totalBytes } = await roomLeft('.')
  expect(totalBytes).toBeGreaterThanOrEqual(freeBytes)
  expect(freeBytes).toBeGreaterThan(0)
  expect(new NoRoomError(12).message).toMatch(/No job is taken now - .*12 MiB left.* - free some/)
})
