import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/**
 * The suites, chosen by SUITE: `unit` (the default; fast, what `npm run check` runs), `lab`
 * (`*.lab.test.ts`: starts servers and processes) and `deep` (`*.deep.test.ts`: long random runs;
 * a fixed-seed sample unless DEEP=full). Such as `SUITE=lab npx vitest run workers/lab`. A fourth,
 * `reality`, is run by scripts/test-reality.mjs alone, which makes the machines for it.
 */
const SUITES = {
  unit: {
    include: ['**/*.test.{ts,tsx}'],
    exclude: ['**/*.{lab,deep,reality}.test.ts'],
    limitMs: 20_000,
  },
  lab: { include: ['**/*.lab.test.ts'], exclude: [], limitMs: 120_000 },
  deep: { include: ['**/*.deep.test.ts'], exclude: [], limitMs: 3_600_000 },
  reality: { include: ['**/*.reality.test.ts'], exclude: [], limitMs: 180_000 },
}
const name = process.env.SUITE ?? 'unit'
const suite = SUITES[name as keyof typeof SUITES]
if (!suite) throw new Error(`SUITE=${name}: it is one of ${Object.keys(SUITES).join(', ')}.`)

export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('.', import.meta.url)) } },
  test: {
    name,
    include: suite.include.map((files) => `{app,components,lib,workers,scripts}/${files}`),
    exclude: suite.exclude,
    testTimeout: suite.limitMs,
    hookTimeout: suite.limitMs,
    pool: 'forks',
    isolate: true,
    // The smallest machine that this is built on has two cores; the lab's tests wait more than they work.
    maxWorkers: { deep: 1, lab: 3 }[name] ?? 2,
  },
})
