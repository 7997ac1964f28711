import { expect, test } from 'vitest'
import { LINK_LIMITS, SECOND_FACTOR_LIMITS, SignInLimit } from './sign-in-limit'

const of = (attempts: number) => ({ attempts, windowMs: 1000 })
const limit = () => new SignInLimit({ mine: of(3), peer: of(5), name: of(6), all: of(12) })
const by = (name: string, peer = 'home') => ({ name, peer })

test('the fourth attempt on an account waits until the first is old enough', () => {
  const guard = limit()
  expect([0, 10, 20].map((at) => guard.attempt(by('ada'), at))).toEqual([0, 0, 0])
  expect(guard.attempt(by('Ada'), 30)).toBe(970)
  expect(guard.attempt(by('ada'), 1000)).toBe(0)
})

test('whoever guesses shuts out nobody at another address', () => {
  const guard = limit()
  for (let at = 0; at < 100; at++) guard.attempt(by('ada', 'attic'), at)
  expect(guard.attempt(by('ada'), 100)).toBe(0)
  expect(guard.attempt(by('eve', 'attic'), 100)).toBe(0)
})

test('one address tries many accounts, and many addresses one account, no further than this', () => {
  const sprayed = limit()
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  expect(names.map((name, at) => sprayed.attempt(by(name), at))).toEqual([0, 0, 0, 0, 0, 995])
  const spread = limit()
  const waits = [1, 2, 3, 4, 5, 6, 7].map((n) => spread.attempt(by('ada', `peer${n}`), n))
  expect(waits).toEqual([0, 0, 0, 0, 0, 0, 994])
})

test('all together are held up at last', () => {
  const guard = limit()
  for (let n = 0; n < 12; n++) expect(guard.attempt(by(`name${n}`, `peer${n}`), n)).toBe(0)
  expect(guard.attempt(by('dan'), 12)).toBe(988)
})

test('the right password forgives the attempts before it', () => {
  const guard = limit()
  for (const at of [0, 1]) guard.attempt(by('ada'), at)
  guard.succeeded(by('ADA'))
  expect([3, 4].map((at) => guard.attempt(by('ada'), at))).toEqual([0, 0])
})

test('codes are few in five minutes, and links are counted by address alone', () => {
  const codes = new SignInLimit(SECOND_FACTOR_LIMITS)
  const ada = { name: 'ada', peer: '192.0.2.1' }
  const waits = Array.from({ length: 7 }, (_, n) => codes.attempt(ada, n))
  expect(waits.slice(0, 6)).toEqual([0, 0, 0, 0, 0, 0])
  expect(waits[6]).toBeGreaterThan(0)
  expect(codes.attempt({ ...ada, peer: '192.0.2.2' }, 10)).toBe(0)

  const links = new SignInLimit(LINK_LIMITS)
  for (let n = 0; n < 40; n++) expect(links.attempt({ name: 'passkey', peer: 'a' }, n)).toBe(0)
  expect(links.attempt({ name: 'passkey', peer: 'a' }, 41)).toBeGreaterThan(0)
  expect(links.attempt({ name: 'passkey', peer: 'b' }, 42)).toBe(0)
})
