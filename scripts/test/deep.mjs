import path from 'node:path'
import { listAll } from '../start/fingerprint.mjs'
import { readJson } from '../start/install.mjs'
import { countReport } from './counts.mjs'

/**
 * @typedef {{ suite: string, seed: string, cases: number, failures: number, seconds: number,
 *   commit: string }} DeepLine `cases` is what the suite put into `meta.cases` of its tests (see
 *   deep-run.ts), or else one each
 */

const SUITE = /([^/]+)\.deep\.test\.ts$/

/**
 * The deep suites of the repository, by name, in stable order.
 * @param {string} root
 */
export function deepSuites(root) {
  return ['app', 'components', 'lib', 'workers', 'scripts']
    .flatMap((folder) => listAll(root, folder))
    .flatMap((file) => {
      const suite = SUITE.exec(file)?.[1]
      return suite ? [{ suite, file }] : []
    })
}

/**
 * Whether the record says that the suite passed at exactly this commit with this seed.
 * @param {string} record JSON lines
 * @param {{ suite: string, commit: string, seed: string }} of
 */
export function passedAt(record, { suite, commit, seed }) {
  if (commit.endsWith('+')) return false
  return record
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
    .some(
      (line) =>
        line.suite === suite && line.commit === commit && line.seed === seed && line.failures === 0,
    )
}

/**
 * The line of one run, from the JSON report that vitest left; no report is a failure.
 * @param {string} report
 * @param {Omit<DeepLine, 'cases' | 'failures'>} run
 * @returns {DeepLine}
 */
export function lineOf(report, { suite, seed, seconds, commit }) {
  const found = readJson(path.resolve(report))
  const { passed, failed } = countReport('vitest', found)
  const told = (found?.testResults ?? [])
    .flatMap((file) => file.assertionResults)
    .reduce((sum, test) => sum + (test.meta?.cases ?? 1), 0)
  return {
    suite,
    seed,
    cases: told,
    failures: passed + failed === 0 ? 1 : failed,
    seconds,
    commit,
  }
}
