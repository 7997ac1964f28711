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
      await runTool(
        check.doing,
        process.execPath,
        [path.join(root, 'node_modules', check.module), ...check.args],
        { cwd: root, env: { ...process.env, CI: '1', ...check.env }, limitMs: LIMIT_MS },
      )
    } finally {
      if (check.report) counts = countReport(check.report.kind, readJson(report))
    }
    return check.report ? `${counts.passed} passed` : ''
  }
  const failed = await failureOf(check.name, work)
  // What failed outside any test (a type, a crash) counts as one failure.
  return failed && counts.failed === 0 ? { ...counts, failed: 1 } : counts
}

/**
 * Runs a stage; tells its failure, sets the exit code and returns whether it failed.
 * @param {string} name
 * @param {() => Promise<string | undefined | void>} work
 */
export async function failureOf(name, work) {
  try {
    await stage(name, work)
    return false
  } catch (error) {
    console.error(error.name === 'Trouble' ? error.message : error)
    process.exitCode = 1
    return true
  }
}
