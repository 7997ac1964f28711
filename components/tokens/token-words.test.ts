import { expect, test } from 'vitest'
import { faultsOf, isDead, NO_TOKEN, standingOf } from './token-words'

const DAY = 24 * 60 * 60_000
const token = (expiresAt: number | null, ownerDisabled = false) => ({ expiresAt, ownerDisabled })

test.each([
  [token(90 * DAY), 'ok', 'ends in 90 days'],
  [token(7 * DAY), 'warn', 'ends in 7 days'],
  [token(1), 'warn', 'ends within a day'],
  [token(0), 'hold', 'ended'],
  [token(null), 'warn', 'never ends'],
  [token(null, true), 'hold', 'dead: its owner is disabled'],
])('%j is told as %s: %s', (of, state, text) => {
  expect(standingOf(of, 0)).toEqual({ state, text })
  expect(isDead(of, 0)).toBe(state === 'hold')
})

test('what is missing is said by field', () => {
  expect(Object.keys(faultsOf(NO_TOKEN))).toEqual(['name', 'scopes'])
  expect(faultsOf({ ...NO_TOKEN, name: 'ci', scopes: ['jobs:read'] })).toEqual({})
})
