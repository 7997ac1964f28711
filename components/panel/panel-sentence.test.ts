import { expect, test } from 'vitest'
import type { PanelAnswer } from '@/lib/api/contract-panel'
import { formatBytes, panelSentence } from './panel-sentence'

const HOUR = 3_600_000
const NOW = 100 * HOUR

function panel(more: Partial<PanelAnswer> = {}, backups: Partial<PanelAnswer['backups']> = {}) {
  const made = { name: 'x', at: NOW - 3 * HOUR, reason: 'scheduled', version: '1', bytes: 1 }
  return {
    ...{ now: NOW, integrity: null, disk: { freeBytes: 1, totalBytes: 2, level: 'ok' }, ...more },
    backups: {
      failure: null,
      away: null,
      list: [{ ...made, keys: false, fault: null }],
      ...backups,
    },
  } as PanelAnswer
}

test.each([
  ['well', panel(), 'All is well: the newest backup was made 3 h ago.'],
  ['none', panel({}, { list: [] }), 'There is no backup yet.'],
  ['failed', panel({}, { failure: { at: 1, code: 'c', message: 'm' } }), 'The last backup failed.'],
  ['away', panel({}, { away: 'why' }), 'The folder of the backups cannot be read.'],
  ['damaged', panel({ integrity: { at: 1, fault: 'f', tookMs: 1 } }), /^The database is damaged/],
  ['low', panel({ disk: { freeBytes: 1, totalBytes: 2, level: 'low' } }), /The disk runs low\.$/],
  ['full', panel({ disk: { freeBytes: 1, totalBytes: 2, level: 'full' } }), /no new job is taken/],
])('%s', (_, given, expected) => {
  expect(panelSentence(given)).toMatch(expected)
})

test('sizes', () => {
  expect([100, 2 ** 20, 3.2 * 2 ** 30].map(formatBytes)).toEqual(['1 KiB', '1 MiB', '3.2 GiB'])
})
