import { existsSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { ensureBuilt, ensureGenerated } from '../start/build.mjs'
import { ensureInstalled } from '../start/install.mjs'
import { runTool, stage } from '../start/stage.mjs'
import { checks } from './checks.mjs'
import { ensureChromium } from './chromium.mjs'
import { addCounts, closingLine, countReport, nothing } from './counts.mjs'
import { ensureGit } from './git.mjs'
import { fails, root, runChecks } from './run-checks.mjs'

const ONE_FAILED = { ...nothing, failed: 1 }

/** Everything that `.ci/run` runs. Exits 1 unless all of it ran and passed. */
export async function main() {
  console.log(closingLine(await testEverything()))
}

async function testEverything() {
  const unprepared = await fails(async () => {
    await stage('install', () => ensureInstalled(root))
    await stage('database', () => ensureGenerated(root))
    await stage('git', ensureGit)
  })
  if (unprepared) return ONE_FAILED
  let counts = await runChecks([checks.types, checks.lint, checks.licences, checks.unit])
  // The lab suites and the journeys start the panel as it ships.
  if (await fails(() => ensureBuilt(root))) return addCounts(counts, ONE_FAILED)
  counts = addCounts(counts, await runChecks([checks.lab, checks.deep]))
  counts = addCounts(counts, await browserJourneys())
  return addCounts(counts, await realitySample())
}

/** A journey that could not run is a failure, never a skip. */
async function browserJourneys() {
  let chromium = ''
  const missing = await fails(() =>
    stage('chromium', async () => {
      chromium = await ensureChromium()
      return chromium
    }),
  )
  if (missing) return ONE_FAILED
  return runChecks([{ ...checks.browser, env: { ...checks.browser.env, CHROMIUM: chromium } }])
}

/** As root on Linux the real tools and hosts can be had; there they must pass. */
async function realitySample() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return nothing
  const report = path.join(root, 'test-results', 'reality-bookworm.json')
  rmSync(report, { force: true })
  const failed = await fails(() =>
    stage('reality', async () => {
      const script = path.join(root, 'scripts', 'test-reality.mjs')
      await runTool('The tests against real hosts', process.execPath, [script, '--sample'], {
        cwd: root,
      })
    }),
  )
  const counts = existsSync(report)
    ? countReport('vitest', JSON.parse(readFileSync(report, 'utf8')))
    : nothing
  return failed && counts.failed === 0 ? addCounts(counts, ONE_FAILED) : counts
}
