import { expect, test } from 'vitest'
import { nextCalendarEvent } from './calendar'

/** A Tuesday, 14:30:20 UTC. */
const NOW = Date.parse('2026-11-24T14:30:20Z')
const next = (event: string): string | null => {
  const at = nextCalendarEvent(event, NOW)
  return at === null ? null : new Date(at).toISOString().slice(0, 16)
}

test.each([
  ['sun 02:00', '2026-11-29T02:00'],
  ['tue 14:30', '2026-12-01T14:30'],
  ['mon..fri 21:00', '2026-11-24T21:00'],
  ['sat,sun 03:15', '2026-11-28T03:15'],
  ['fri..mon 01:00', '2026-11-27T01:00'],
  ['daily', '2026-11-25T00:00'],
  ['hourly', '2026-11-24T15:00'],
  ['*/15', '2026-11-24T14:45'],
  ['22/2:30', '2026-11-24T22:30'],
  ['21:00', '2026-11-24T21:00'],
])('%s comes next at %s', (event, at) => {
  expect(next(event)).toBe(at)
})

test('what never comes within a week has no next time', () => {
  expect(next('25:00')).toBeNull()
})
