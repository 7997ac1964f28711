import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** What packages in CommonJS form ask for inside a program in ES module form. */
const REQUIRE =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"

/**
 * Where the stand-in for Helm is: the built program beside this one, or, when the lab runs from
 * its sources, one that is built now into the data folder. It starts for every call of a deploy,
 * so it is never loaded from its sources.
 */
export function helmStandIn(dataDir: string): string {
  const built = join(import.meta.dirname, 'helm-stand-in.mjs')
  if (existsSync(built)) return built
  const root = join(import.meta.dirname, '../..')
  const outfile = resolve(dataDir, 'lab', 'helm-stand-in.mjs')
  execFileSync(
    process.execPath,
    [
      join(root, 'node_modules/esbuild/bin/esbuild'),
      join(import.meta.dirname, 'helm-stand-in', 'main.ts'),
      ...['--bundle', '--platform=node', '--format=esm', '--target=node20', '--minify'],
      ...[`--outfile=${outfile}`, `--banner:js=${REQUIRE}`, `--alias:@=${root}`],
      '--log-level=warning',
    ],
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  return outfile
}
