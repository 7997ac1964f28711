import { expect, test } from 'vitest'
import { addCounts, closingLine, countReport, nothing } from './counts.mjs'

const vitest = { numPassedTests: 5, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1 }
const stats = { expected: 4, unexpected: 1, flaky: 1, skipped: 2 }

test('the counts of both reports are added up in the closing line', () => {
  const unit = countReport('vitest', { ...vitest, success: false })
  const browser = countReport('playwright', { stats, errors: [] })
  expect(closingLine(addCounts(unit, browser))).toBe('9 passed, 3 failed, 5 skipped')
})

test('a run that failed outside any test counts as a failure', () => {
  const crashed = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 }
  expect(countReport('vitest', { ...crashed, success: false }).failed).toBe(1)
  expect(
    countReport('playwright', { stats: { ...stats, unexpected: 0, flaky: 0 }, errors: [{}] }),
  ).toMatchObject({ failed: 1 })
})

test('a missing report counts nothing', () => {
  expect(countReport('vitest', null)).toEqual(nothing)
})
