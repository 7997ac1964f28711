import { expect, test } from 'vitest'
import { errorOfAnswer, ProxmoxError } from './errors'
import { type Backoff, delayOf, retryLocked } from './retry-locked'

const said = (reason: string, status = 500) =>
  errorOfAnswer('Start VM 1', { status, reason, body: '' })

function backoff(): Backoff & { slept: number[] } {
  const slept: number[] = []
  return {
    ...{ attempts: 4, firstDelayMs: 100, maxDelayMs: 250, slept },
    random: () => 0.5,
    sleep: async (ms) => void slept.push(ms),
  }
}

test.each([
  "can't lock file '/var/lock/qemu-server/lock-202.conf' - got timeout",
  "can't lock file '/var/lock/pve-manager/pve-storage-local-lvm' - got timeout",
  "cfs-lock 'storage-nfs' error: got lock request timeout",
  "'storage-nfs'-locked command timed out - aborting",
])('%s is tried again, and comes through', async (reason) => {
  const rule = backoff()
  let tries = 0
  const work = async () => {
    if (++tries < 3) throw said(reason)
    return 'done'
  }
  expect(await retryLocked(work, rule)).toBe('done')
  expect(rule.slept).toEqual([75, 150])
})

test.each([
  ['VM is locked (backup)', 500],
  ['cluster not ready - no quorum?', 500],
  ['VM 202 already running', 500],
  ['Connection timed out', 596],
  ['Permission check failed', 403],
])('%s is not', async (reason, status) => {
  let tries = 0
  const work = async () => {
    tries++
    throw said(reason, status)
  }
  await expect(retryLocked(work, backoff())).rejects.toThrow(ProxmoxError)
  expect(tries).toBe(1)
})

test('after so many tries the last error is thrown; delays stay within their bounds', async () => {
  const rule = backoff()
  const work = async () => {
    throw said('got lock request timeout')
  }
  await expect(retryLocked(work, rule)).rejects.toMatchObject({ code: 'proxmox.locked' })
  expect(rule.slept).toEqual([75, 150, 188])
  for (const random of [() => 0, () => 0.999])
    for (const attempt of [1, 2, 3, 9]) {
      const ms = delayOf(attempt, { ...rule, random })
      expect(ms).toBeGreaterThanOrEqual(50)
      expect(ms).toBeLessThanOrEqual(250)
    }
})
