/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @type {Counts} */
export const nothing = { passed: 0, failed: 0, skipped: 0 }

/** @param {Counts} a @param {Counts} b @returns {Counts} */
export const addCounts = (a, b) => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
})

/** The line that closes `npm test`. @param {Counts} counts */
export const closingLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`

/**
 * The counts of a JSON report; a missing report is nothing (its check failed before any test). A
 * flaky browser test, passed only on a retry, counts as failed.
 * @param {'vitest' | 'playwright'} kind
 * @param {any} report as the tool wrote it: vitest 4 `numPassedTests`..., Playwright 1.65 `stats`
 * @returns {Counts}
 */
export function countReport(kind, report) {
  if (!report) return nothing
  if (kind === 'vitest')
    return {
      passed: report.numPassedTests,
      failed: Math.max(report.numFailedTests, report.success ? 0 : 1),
      skipped: report.numPendingTests + report.numTodoTests,
    }
  const { expected, unexpected, flaky, skipped } = report.stats
  return { passed: expected, failed: unexpected + flaky + report.errors.length, skipped }
}
