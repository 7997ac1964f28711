import { describe, expect, test } from 'vitest'
import {
  count,
  formatDuration,
  formatEstimate,
  formatGib,
  formatMib,
  formatRelative,
} from './format'

const MIN = 60_000

test.each([
  [850, '850 ms'],
  [12_000, '12 s'],
  [4 * MIN + 12_000, '4 min 12 s'],
  [59_999, '1 min'],
  [65 * MIN, '1 h 5 min'],
  [26 * 60 * MIN, '1 d 2 h'],
  [-5, '0 ms'],
])('%d ms is %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})

test.each([
  [1, 'under 1 min'],
  [3.2 * MIN, 'about 4 min'],
  [80 * MIN, 'about 1 h 20 min'],
])('an estimate of %d ms is %s', (ms, text) => {
  expect(formatEstimate(ms)).toBe(text)
})

describe('relative time', () => {
  const now = Date.UTC(2026, 4, 20)
  test.each([
    [3_000, 'just now'],
    [-900, 'just now'],
    [4 * MIN, '4 min ago'],
    [-2 * 60 * MIN, 'in 2 h'],
    [3 * 24 * 60 * MIN, '3 d ago'],
    [30 * 24 * 60 * MIN, '2026-04-20'],
  ])('%d ms ago is %s', (gone, text) => {
    expect(formatRelative(now - gone, now)).toBe(text)
  })
})

test('memory and disks read as people write them', () => {
  expect([512, 1024, 1536, 2_097_152].map(formatMib)).toEqual([
    '512 MiB',
    '1 GiB',
    '1.5 GiB',
    '2 TiB',
  ])
  expect(formatGib(1536)).toBe('1.5 TiB')
  expect([count(1, 'VM'), count(2, 'VM'), count(2, 'entry', 'entries')]).toEqual([
    '1 VM',
    '2 VMs',
    '2 entries',
  ])
})
