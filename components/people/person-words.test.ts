import { expect, test } from 'vitest'
import type { PeopleAnswer, Person } from '@/lib/api/contract-people'
import { rolesOf, sentenceOf, standingOf, waysOf } from './person-words'

const person = (change: Partial<Person> = {}): Person => ({
  ...{ id: 'a', name: 'ada', role: 'viewer', grants: {}, disabled: false, breakGlass: false },
  ways: { password: true, totp: true, passkeys: 0, provider: false },
  ...{ invitedUntil: null, createdAt: 1, lastSeenAt: null, sessions: 0, lastAdmin: false },
  ...change,
})
const none = { password: false, totp: false, passkeys: 0, provider: false }
const answer = (people: Person[], change: Partial<PeopleAnswer> = {}): PeopleAnswer => ({
  ...{ people, breakGlass: [], topologies: [], oidc: null, ...change },
})

test.each([
  [person(), 'ok', 'can sign in'],
  [person({ disabled: true }), 'hold', 'switched off'],
  [person({ ways: none, invitedUntil: 20 }), 'unknown', 'invited'],
  [person({ ways: none, invitedUntil: 5 }), 'warn', 'invitation ended'],
  [person({ ways: none }), 'warn', 'invitation ended'],
])('how an account is, %#', (given, state, text) => {
  expect(standingOf(given, 10)).toEqual({ state, text })
})

test('ways and roles in words', () => {
  expect(waysOf(person())).toBe('password + code')
  expect(waysOf({ ways: { password: true, totp: false, passkeys: 2, provider: true } })).toBe(
    'password alone, 2 passkeys, provider',
  )
  expect(waysOf({ ways: none })).toBe('none yet')
  expect(rolesOf({ role: 'viewer', grants: { a: 'editor' } })).toBe(
    'viewer, another on one topology',
  )
  expect(rolesOf({ role: 'admin', grants: { a: 'viewer' } })).toBe('admin')
})

test('the sentence says first what somebody should act on', () => {
  const use = { seq: 1, at: 1, name: 'ada', from: null }
  expect(sentenceOf(answer([person()], { breakGlass: [use] }), 1)).toContain('break-glass')
  const admin = person({ role: 'admin' })
  expect(sentenceOf(answer([admin, person()]), 1)).toContain('only one of them is an admin')
  expect(sentenceOf(answer([admin, person({ ways: none })]), 1)).toContain('Only one person')
  expect(sentenceOf(answer([admin, admin]), 1)).toBe(
    '2 people can sign in; no password alone is enough for any account.',
  )
  const bare = person({ role: 'admin', ways: { ...none, password: true } })
  expect(sentenceOf(answer([bare]), 1)).toContain('for one account the password alone is enough')
})
