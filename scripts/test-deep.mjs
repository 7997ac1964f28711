// `npm run test:deep [suite]`: the deep suites with the full numbers of the issues. Prints one JSON
// line per suite and keeps it in test-results/deep.jsonl; a suite that passed at this commit is not
// run again, so the run may be broken off and started anew. A suite is named by its file:
// workers/provisioner/kill-matrix.deep.test.ts is kill-matrix.
import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { deepSuites, lineOf, passedAt } from './test/deep.mjs'
import { root } from './test/run-checks.mjs'

const DEFAULT_SEED = '1'
const record = path.join(root, 'test-results', 'deep.jsonl')
mkdirSync(path.dirname(record), { recursive: true })

const asked = process.argv[2]
const suites = deepSuites(root).filter(({ suite }) => !asked || suite === asked)
if (asked && suites.length === 0) {
  const known = deepSuites(root).map(({ suite }) => suite)
  console.error(`No deep suite is called ${asked} - known are ${known.join(', ') || 'none'}.`)
  process.exit(1)
}
const seed = process.env.SEED ?? DEFAULT_SEED
const commit = commitOfTree()
const recorded = existsSync(record) ? readFileSync(record, 'utf8') : ''
for (const { suite, file } of suites) {
  if (passedAt(recorded, { suite, commit, seed })) {
    console.error(`${suite}: passed at ${commit} already`)
    continue
  }
  const line = JSON.stringify(runSuite(suite, file))
  console.log(line)
  appendFileSync(record, `${line}\n`)
}

/** The commit's short name; `+` marks a tree with changes, which is never taken as done. */
function commitOfTree() {
  const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout.trim()
  const changed = git('status', '--porcelain', '--untracked-files=no') !== ''
  return `${git('rev-parse', '--short', 'HEAD')}${changed ? '+' : ''}`
}

function runSuite(suite, file) {
  const report = path.join(root, 'test-results', `deep-${suite}.json`)
  const began = performance.now()
  const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const args = [vitest, 'run', file, '--reporter=default', '--reporter=json']
  spawnSync(process.execPath, [...args, `--outputFile.json=${report}`], {
    cwd: root,
    env: { ...process.env, SUITE: 'deep', DEEP: 'full', SEED: seed },
    // Standard output is for the lines alone.
    stdio: ['ignore', 2, 2],
  })
  const seconds = Math.round((performance.now() - began) / 100) / 10
  const line = lineOf(report, { suite, seed, seconds, commit })
  if (line.failures > 0) process.exitCode = 1
  return line
}
