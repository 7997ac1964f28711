import { expect, test } from 'vitest'
import { Gate } from './gate'

const none = { locks: [], groups: [] }

test('an exclusive lock is had by one, a shared one by all who share it', () => {
  const gate = new Gate()
  const reader = { ...none, shared: ['template'] }
  const writer = { ...none, locks: ['template'] }
  expect(gate.tryEnter(reader)).toBe(true)
  expect(gate.tryEnter(reader)).toBe(true)
  expect(gate.tryEnter(writer)).toBe(false)
  gate.leave(reader)
  expect(gate.tryEnter(writer)).toBe(false)
  gate.leave(reader)
  expect(gate.tryEnter(writer)).toBe(true)
  expect(gate.tryEnter(reader)).toBe(false)
})

test('all that is claimed is taken, or nothing', () => {
  const gate = new Gate()
  gate.tryEnter({ ...none, locks: ['b'] })
  expect(gate.tryEnter({ ...none, locks: ['a', 'b'] })).toBe(false)
  expect(gate.tryEnter({ ...none, locks: ['a'] })).toBe(true)
})

test('a lock given back early is not taken from its next holder when the first one leaves', () => {
  const gate = new Gate()
  const first = { locks: ['s'], groups: [{ name: 'g', limit: 1 }] }
  gate.tryEnter(first)
  gate.release('s')
  expect(gate.tryEnter({ ...none, locks: ['s'] })).toBe(true)
  gate.leave(first, new Set(['s']))
  expect(gate.tryEnter({ ...none, locks: ['s'] })).toBe(false)
  expect(gate.tryEnter({ locks: [], groups: first.groups })).toBe(true)
  expect(gate.tryEnter({ locks: [], groups: first.groups })).toBe(false)
})
