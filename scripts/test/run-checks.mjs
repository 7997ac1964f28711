import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { readJson } from '../start/install.mjs'
import { runTool, stage } from '../start/stage.mjs'
import { addCounts, countReport, nothing } from './counts.mjs'

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '')

/** No check may hang a build machine for ever. */
const LIMIT_MS = 20 * 60_000

/**
 * Runs the checks one after the other, all of them even when one fails, so that one run tells
 * everything. The process's exit code is 1 when any failed.
 * @param {import('./checks.mjs').Check[]} checks
 */
export async function runChecks(checks) {
  mkdirSync(path.join(root, 'test-results'), { recursive: true })
  let counts = nothing
  for (const check of checks) counts = addCounts(counts, await runCheck(check))
  return counts
}

/** @param {import('./checks.mjs').Check} check */
async function runCheck(check) {
  const report = check.report && path.join(root, check.report.file)
  if (report) rmSync(report, { force: true })
  let counts = nothing
  const work = async () => {
    try {
      await runTool(check.doing, process.execPath, [path.join(root, check.module), ...check.args], {
        cwd: root,
        env: { ...process.env, CI: '1', ...check.env },
        limitMs: LIMIT_MS,
      })
    } finally {
      if (check.report) counts = countReport(check.report.kind, readJson(report))
    }
    return check.report ? `${counts.passed} passed` : ''
  }
  const failed = await fails(() => stage(check.name, work))
  // What failed outside any test (a type, a crash) counts as one failure.
  return failed && counts.failed === 0 ? { ...counts, failed: 1 } : counts
}

/**
 * Tells the failure of `work`, sets the exit code and answers whether it failed.
 * @param {() => Promise<unknown>} work
 */
export async function fails(work) {
  try {
    await work()
    return false
  } catch (error) {
    console.error(error.name === 'Trouble' ? error.message : error)
    process.exitCode = 1
    return true
  }
}
