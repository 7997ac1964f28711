import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { buildName, listFiles } from './fingerprint.mjs'
import { readJson } from './install.mjs'
import { whileLocked } from './lock.mjs'
import { runTool, stage } from './stage.mjs'

/** A Turbopack build of the panel peaks at 1.6 GB (measured 2026-11-23); below this, webpack. */
const TURBOPACK_MIB = 3072

/**
 * Makes the build of the present sources unless it is there, and only then makes it the current
 * one; a build that fails leaves the current one as it was and throws.
 * @param {string} root
 * @returns {Promise<string>} the build's name
 */
export async function ensureBuilt(root) {
  const dist = path.join(root, 'dist')
  mkdirSync(dist, { recursive: true })
  return whileLocked(path.join(dist, 'building'), async () => {
    const name = buildName(root)
    const previous = readJson(path.join(dist, 'current.json'))?.build
    const folder = path.join(dist, name)
    if (existsSync(path.join(folder, 'complete'))) {
      await stage('build', async () => 'nothing changed')
    } else {
      rmSync(folder, { recursive: true, force: true })
      mkdirSync(folder)
      await stage('workers', () => buildWorkers(root, folder))
      await stage('pages', () => buildPages(root, name, previous))
      // Sources that changed meanwhile have another name: their build is made at the next start.
      if (buildName(root) === name) writeFileSync(path.join(folder, 'complete'), '')
    }
    if (previous !== name) {
      switchTo(dist, name)
      removeOldBuilds(dist, [name, previous])
    }
    return name
  })
}

/**
 * The generated database client, made when the schema is another than it was made from.
 * @param {string} root
 */
export async function ensureGenerated(root) {
  const schema = path.join(root, 'prisma', 'schema.prisma')
  if (!existsSync(schema)) return 'no schema'
  const stamp = path.join(root, 'lib', 'db', 'generated', '.schema')
  const text = readFileSync(schema, 'utf8')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === text) return 'nothing to do'
  await runTool(
    'Making the database client',
    process.execPath,
    [path.join(root, 'node_modules', 'prisma', 'build', 'index.js'), 'generate'],
    { cwd: root },
  )
  writeFileSync(stamp, text)
  return 'from prisma/schema.prisma'
}

/** workers/NAME/main.ts, or one a folder deeper that a worker starts by its path. */
const PROGRAM = /^workers\/(?:[^/]+\/)?([^/]+)\/main\.ts$/

/**
 * Bundles each program of workers/ to NAME.mjs, and puts the migrations beside them.
 * @param {string} root
 * @param {string} folder where the build goes
 */
async function buildWorkers(root, folder) {
  const { build, stop } = await import('esbuild')
  const entryPoints = {}
  for (const file of listFiles(root, 'workers')) {
    const name = PROGRAM.exec(file)?.[1]
    if (name) entryPoints[name] = path.join(root, file)
  }
  await build({
    absWorkingDir: root,
    entryPoints,
    outdir: folder,
    bundle: true,
    splitting: true,
    packages: 'external',
    alias: { '@': root },
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outExtension: { '.js': '.mjs' },
    chunkNames: 'part-[hash]',
    logLevel: 'warning',
  })
  // Its helper process would live as long as the panel.
  await stop()
  for (const file of listFiles(root, 'prisma/migrations')) {
    const copy = path.join(folder, file.slice('prisma/'.length))
    mkdirSync(path.dirname(copy), { recursive: true })
    writeFileSync(copy, readFileSync(path.join(root, file)))
  }
  return `${Object.keys(entryPoints).length} programs`
}

/**
 * @param {string} root
 * @param {string} name
 * @param {string | undefined} previous the build whose compiler cache is taken over
 */
async function buildPages(root, name, previous) {
  const folder = path.join(root, 'dist', name)
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(tsconfigFor()))
  const oldCache = path.join(root, 'dist', previous ?? '-', 'next', 'cache')
  if (existsSync(oldCache)) {
    mkdirSync(path.join(folder, 'next'), { recursive: true })
    renameSync(oldCache, path.join(folder, 'next', 'cache'))
  }
  const free = freeMib()
  const bundler = free < TURBOPACK_MIB ? 'webpack' : 'turbopack'
  const next = path.join(root, 'node_modules', 'next', 'dist', 'bin', 'next')
  await runTool(
    'Building the pages (an earlier build stays, but is not started)',
    process.execPath,
    [next, 'build', `--${bundler}`],
    {
      cwd: root,
      env: {
        ...process.env,
        NODE_ENV: 'production',
        NEXT_TELEMETRY_DISABLED: '1',
        DRAWBRIDGE_NEXT_DIR: `dist/${name}/next`,
        DRAWBRIDGE_NEXT_TSCONFIG: `dist/${name}/tsconfig.json`,
      },
    },
  )
  return `${bundler}, ${Math.round(free)} MiB were free`
}

/** What Next may rewrite as it likes, instead of the repository's own. Two folders down. */
export const tsconfigFor = () => ({
  extends: '../../tsconfig.json',
  compilerOptions: { plugins: [{ name: 'next' }] },
})

/** Memory that a build may take, in MiB: what is free here, or in this control group if less. */
export function freeMib() {
  return Math.min(os.freemem(), process.availableMemory()) / 2 ** 20
}

/**
 * Makes `name` the build that `node dist/panel.mjs` runs, in one rename.
 * @param {string} dist
 * @param {string} name
 */
function switchTo(dist, name) {
  const launcher = `// Runs the current build; written by npm start. See scripts/start/build.mjs.
import { readFileSync } from 'node:fs'
process.env.NODE_ENV = 'production'
const { build } = JSON.parse(readFileSync(new URL('current.json', import.meta.url), 'utf8'))
await import(\`./\${build}/panel.mjs\`)
`
  writeFileSync(path.join(dist, 'panel.mjs'), launcher)
  const next = path.join(dist, `current.json.${process.pid}`)
  writeFileSync(next, JSON.stringify({ build: name }))
  renameSync(next, path.join(dist, 'current.json'))
}

/**
 * @param {string} dist
 * @param {(string | undefined)[]} keep the current build, and the last one, which may still run
 */
function removeOldBuilds(dist, keep) {
  for (const name of readdirSync(dist)) {
    if (/^[0-9a-f]{12}$/.test(name) && !keep.includes(name))
      rmSync(path.join(dist, name), { recursive: true, force: true })
  }
}
