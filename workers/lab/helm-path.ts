import { existsSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * Where the stand-in for Helm is: the built program beside this one, or, when the lab runs from
 * its sources, a small program in the data folder that loads them as the lab was loaded.
 */
export function helmStandIn(dataDir: string): string {
  const built = join(import.meta.dirname, 'helm-stand-in.mjs')
  if (existsSync(built)) return built
  const path = resolve(dataDir, 'lab', 'helm-stand-in.mjs')
  const source = pathToFileURL(join(import.meta.dirname, 'helm-stand-in', 'main.ts')).href
  const options = { parentURL: source, tsconfig: join(import.meta.dirname, '../../tsconfig.json') }
  writeFileSync(
    path,
    `import { tsImport } from ${JSON.stringify(loader())}
await tsImport(${JSON.stringify(source)}, ${JSON.stringify(options)})
`,
  )
  return path
}

/** tsx's own entry, found from here: the data folder has no node_modules above it. */
function loader(): string {
  const at = join(import.meta.dirname, '../../node_modules/tsx/dist/esm/api/index.mjs')
  return pathToFileURL(at).href
}
