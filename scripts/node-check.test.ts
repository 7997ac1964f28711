import { createRequire } from 'node:module'
import { expect, test } from 'vitest'

const { accepts } = createRequire(import.meta.url)('./node-check.cjs') as {
  accepts(version: string): boolean
}

test.each([
  ['12.22.12', false],
  ['18.20.4', false],
  ['20.18.3', false],
  ['20.19.0', true],
  ['21.7.3', false],
  ['22.11.0', false],
  ['22.12.0', true],
  ['24.1.0', true],
])('Node %s: accepted %s', (version, expected) => {
  expect(accepts(version)).toBe(expected)
})
