import { existsSync } from 'node:fs'
import path from 'node:path'
import { ensureBuilt, ensureGenerated } from '../start/build.mjs'
import { ensureInstalled } from '../start/install.mjs'
import { runTool } from '../start/stage.mjs'
import { checks } from './checks.mjs'
import { ensureChromium } from './chromium.mjs'
import { addCounts, closingLine } from './counts.mjs'
import { failureOf, root, runChecks } from './run-checks.mjs'

/** Everything that `.ci/run` runs. Exits 1 unless all of it ran and passed. */
export async function main() {
  if (await failureOf('install', () => ensureInstalled(root))) return
  if (await failureOf('database', () => ensureGenerated(root))) return
  let counts = await runChecks([checks.types, checks.lint, checks.unit, checks.lab, checks.deep])
  counts = addCounts(counts, await browserJourneys())
  counts = addCounts(counts, await realitySample())
  console.log(closingLine(counts))
}

/** A journey that could not run is a failure, never a skip. */
async function browserJourneys() {
  const notBuilt = await failureOf('build', () => ensureBuilt(root).then(() => undefined))
  let chromium = ''
  const noBrowser = await failureOf('chromium', async () => {
    chromium = await ensureChromium()
    return chromium
  })
  if (notBuilt || noBrowser) return { passed: 0, failed: 1, skipped: 0 }
  return runChecks([{ ...checks.browser, env: { ...checks.browser.env, CHROMIUM: chromium } }])
}

/** As root on Linux the real tools and hosts can be had; there they must pass. */
async function realitySample() {
  const script = path.join(root, 'scripts', 'test-reality.mjs')
  const possible = process.platform === 'linux' && process.getuid?.() === 0
  if (!possible || !existsSync(script)) return { passed: 0, failed: 0, skipped: 0 }
  const failed = await failureOf('reality', async () => {
    await runTool('The tests against real hosts', process.execPath, [script, '--sample'], {
      cwd: root,
    })
  })
  return { passed: failed ? 0 : 1, failed: failed ? 1 : 0, skipped: 0 }
}
