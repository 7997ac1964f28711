/**
 * One check of `npm test`: a program of node_modules or of ours, and where it leaves its counts.
 * @typedef {{ name: string, doing: string, module: string, args: string[],
 *   env?: Record<string, string>, report?: { kind: 'vitest' | 'playwright', file: string } }} Check
 */

/** @param {'unit' | 'lab' | 'deep'} suite @returns {Check} */
const vitest = (suite) => ({
  name: suite,
  doing: `The ${suite} tests`,
  module: 'node_modules/vitest/vitest.mjs',
  args: [
    'run',
    '--passWithNoTests',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=test-results/${suite}.json`,
  ],
  env: { SUITE: suite },
  report: { kind: 'vitest', file: `test-results/${suite}.json` },
})

/** Every check, by name. `module` is its file, from the root. */
export const checks = {
  /** @type {Check} */
  types: {
    name: 'types',
    doing: 'The type check',
    module: 'node_modules/typescript/bin/tsc',
    args: ['--noEmit'],
  },
  /** @type {Check} */
  lint: {
    name: 'lint',
    doing: 'Lint and format',
    module: 'node_modules/@biomejs/biome/bin/biome',
    args: ['ci', '--colors=off', '.'],
  },
  /** @type {Check} */
  licences: {
    name: 'licences',
    doing: 'The check of licences',
    module: 'scripts/licences.mjs',
    args: [],
  },
  unit: vitest('unit'),
  lab: vitest('lab'),
  /** The fixed-seed sample; the full numbers are `npm run test:deep`. */
  deep: vitest('deep'),
  /** @type {Check} */
  browser: {
    name: 'browser',
    doing: 'The browser journeys',
    module: 'node_modules/@playwright/test/cli.js',
    args: ['test', '--reporter=line,json'],
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: 'test-results/browser.json' },
    report: { kind: 'playwright', file: 'test-results/browser.json' },
  },
}
