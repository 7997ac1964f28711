import { expect, test } from 'vitest'
import { ROUTES, type RouteKey } from './access'
import { AUDITED, isChanging, whyNotAudited } from './audited'

const changing = (Object.keys(ROUTES) as RouteKey[]).filter(isChanging)

test('every route that is no GET says what it writes down, or why nothing', () => {
  expect(Object.keys(AUDITED).toSorted()).toEqual(changing.toSorted())
  const silent = changing.filter((key) => AUDITED[key].actions.length === 0)
  expect(silent.filter((key) => (AUDITED[key].unless ?? '').length < 20)).toEqual([])
  // A new one is looked at by a person.
  expect(silent).toEqual([
    'POST /api/auth/passkey/options',
    'POST /api/me/confirm/options',
    'POST /api/me/totp',
    'POST /api/me/passkeys/options',
    'PUT /api/t/[t]/layout',
  ])
})

test('what must be confirmed writes an entry, always', () => {
  const confirmed = changing.filter((key) => ROUTES[key].confirmed)
  const without = confirmed.filter((key) => AUDITED[key].actions.length === 0)
  expect(without).toEqual(['POST /api/me/totp', 'POST /api/me/passkeys/options'])
})

test('a call is held against its row', () => {
  expect(whyNotAudited('POST /api/recovery-kit', ['kit.create'])).toBeNull()
  expect(whyNotAudited('POST /api/recovery-kit', [])).toContain('wrote down nothing')
  expect(whyNotAudited('POST /api/recovery-kit', ['token.create'])).toContain('token.create')
  expect(whyNotAudited('PATCH /api/connections/[id]', [])).toBeNull()
  expect(whyNotAudited('GET /api/audit', [])).toBeNull()
})
