import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { lineOf, passedAt } from './deep.mjs'

const dir = mkdtempSync(path.join(os.tmpdir(), 'drawbridge-deep-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))
const run = { suite: 'kill-matrix', seed: '1', seconds: 12.5, commit: 'abc1234' }

function reportOf(report: object): string {
  const file = path.join(dir, 'report.json')
  writeFileSync(file, JSON.stringify(report))
  return file
}

test('a line counts the cases that the tests told, and their failures', () => {
  const report = reportOf({
    success: false,
    numPassedTests: 1,
    numFailedTests: 1,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [{ assertionResults: [{ meta: { cases: 200 } }, { meta: {} }] }],
  })
  expect(lineOf(report, run)).toEqual({ ...run, cases: 201, failures: 1 })
})

test('a suite that left no report failed', () => {
  expect(lineOf(path.join(dir, 'none.json'), run).failures).toBe(1)
})

test.each([
  ['the same commit and seed', { ...run, failures: 0 }, 'abc1234', true],
  ['another commit', { ...run, failures: 0 }, 'def5678', false],
  ['a failed run', { ...run, failures: 2 }, 'abc1234', false],
  ['a tree with changes', { ...run, commit: 'abc1234+', failures: 0 }, 'abc1234+', false],
])('with a record of %s, it is done: %#', (_, line, commit, expected) => {
  const record = `${JSON.stringify(line)}\n`
  expect(passedAt(record, { suite: 'kill-matrix', seed: '1', commit })).toBe(expected)
})
