// `npm run check`: types, lint, format and unit tests; the bar for each commit, under a minute.
import { ensureGenerated } from './start/build.mjs'
import { checks } from './test/checks.mjs'
import { root, runChecks } from './test/run-checks.mjs'

await ensureGenerated(root)
await runChecks([checks.types, checks.lint, checks.unit])
