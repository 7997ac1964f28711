import { expect, test } from 'vitest'
import type { CareDisk } from '@/lib/api/contract-host-care'
import { certificateLine, diskLine, updateText } from './host-care-rows'

const disk = (of: Partial<CareDisk>): CareDisk => ({
  ...{ device: '/dev/sda', kind: 'ssd', model: null, sizeBytes: 1, use: null },
  ...{ healthy: true, wearPercent: null },
  ...of,
})

test.each([
  [{}, 'ok', 'healthy'],
  [{ wearPercent: 3 }, 'ok', 'healthy, 3 % worn'],
  [{ wearPercent: 80 }, 'warn', '80 % worn, replace it soon'],
  [{ healthy: false, wearPercent: 99 }, 'fail', 'SMART says that it fails, 99 % worn'],
  [{ healthy: null }, 'unknown', 'SMART does not say'],
  [
    { kind: 'hdd', healthy: null },
    'unknown',
    'not asked, for that would wake it: see Disks in Proxmox',
  ],
] as const)('a disk %o', (of, state, text) => {
  expect(diskLine(disk(of))).toEqual({ state, text })
})

const NOW = Date.UTC(2026, 10, 24, 12)
const DAY = 86_400_000

test.each([
  [NOW + 30 * DAY, 'ok', 'until 2026-12-24, in 30 days'],
  [NOW + 13.5 * DAY, 'warn', 'until 2026-12-08, in 13 days'],
  [NOW + DAY, 'warn', 'until 2026-11-25, in 1 day'],
  [NOW + 1, 'warn', 'until 2026-11-24, today'],
  [NOW, 'fail', 'ended on 2026-11-24'],
  [null, 'unknown', 'its end is not told'],
] as const)('a certificate that lasts to %s', (validTo, state, text) => {
  expect(certificateLine({ file: 'pve-ssl.pem', issuer: '', validTo }, NOW)).toEqual({
    ...{ state, text },
  })
})

test('an update names both versions, a new package one', () => {
  expect(updateText({ name: 'openssl', from: '3.5.1', to: '3.5.4' })).toBe('openssl 3.5.1 to 3.5.4')
  expect(updateText({ name: 'linux', from: null, to: '6.18' })).toBe('linux 6.18, new')
})
