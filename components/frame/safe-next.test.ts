import { expect, test } from 'vitest'
import { safeNext } from './safe-next'

test.each([
  ['/jobs/j1', '/jobs/j1'],
  ['/t/a/plan?goal=%7B%7D', '/t/a/plan?goal=%7B%7D'],
  ['//elsewhere.example', '/'],
  ['/\\elsewhere.example', '/'],
  ['/\t/elsewhere.example', '/'],
  ['/\n\\elsewhere.example', '/'],
  ['/.//elsewhere.example', '/'],
  ['https://elsewhere.example', '/'],
  ['javascript:alert(1)', '/'],
  ['', '/'],
  [null, '/'],
])('%s leads to %s', (next, path) => {
  expect(safeNext(next)).toBe(path)
})
