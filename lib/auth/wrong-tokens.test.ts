import { expect, test } from 'vitest'
import { WrongTokens } from './wrong-tokens'

const isRefused = (tokens: WrongTokens, peer: string, now: number): boolean => {
  try {
    tokens.refuseTooMany(peer, now)
    return false
  } catch {
    return true
  }
}

test('thirty a minute from one address are answered, the next waits until the minute is over', () => {
  const tokens = new WrongTokens()
  for (let i = 0; i < 30; i++) expect(isRefused(tokens, 'a', i)).toBe(false)
  expect(isRefused(tokens, 'a', 59_999)).toBe(true)
  expect(isRefused(tokens, 'b', 59_999)).toBe(false)
  expect(isRefused(tokens, 'a', 60_000)).toBe(false)
})

test('it remembers no more addresses than it says', () => {
  const tokens = new WrongTokens()
  for (let i = 0; i < 31; i++) isRefused(tokens, 'first', 0)
  for (let i = 0; i < 10_000; i++) isRefused(tokens, `peer ${i}`, 1)
  // The quietest was forgotten, and is let try again.
  expect(isRefused(tokens, 'first', 2)).toBe(false)
})
