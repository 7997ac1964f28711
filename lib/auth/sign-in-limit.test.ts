import { expect, test } from 'vitest'
import { SignInLimit } from './sign-in-limit'

const limit = () =>
  new SignInLimit({ attempts: 3, windowMs: 1000 }, { attempts: 5, windowMs: 1000 })

test('the fourth attempt on an account waits until the first is old enough', () => {
  const guard = limit()
  expect([0, 10, 20].map((at) => guard.attempt('ada', at))).toEqual([0, 0, 0])
  expect(guard.attempt('Ada', 30)).toBe(970)
  expect(guard.attempt('ada', 1000)).toBe(0)
})

test('another account is not held up, until all together are too many', () => {
  const guard = limit()
  for (const at of [0, 1, 2]) guard.attempt('ada', at)
  expect(guard.attempt('eve', 3)).toBe(0)
  expect(guard.attempt('bob', 4)).toBe(0)
  expect(guard.attempt('dan', 5)).toBe(995)
})

test('the right password forgives the attempts before it', () => {
  const guard = limit()
  for (const at of [0, 1]) guard.attempt('ada', at)
  guard.succeeded('ADA')
  expect([3, 4].map((at) => guard.attempt('ada', at))).toEqual([0, 0])
})
