import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ensureBuilt, ensureGenerated, tsconfigFor } from './build.mjs'
import { ensureInstalled } from './install.mjs'
import { stage } from './stage.mjs'
import { findTrouble, Trouble } from './trouble.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '')

const PARENT_CHECK_MS = 1000

/**
 * `--dev` runs from the sources and rebuilds as they change; `--build-only` ends after the build;
 * everything else is handed to the panel (see lib/io/env.ts).
 * @param {string[]} args
 */
export async function main(args) {
  endWithParent()
  const dev = args.includes('--dev')
  const rest = args.filter((arg) => arg !== '--dev' && arg !== '--build-only')
  try {
    await stage('install', () => ensureInstalled(root))
    await stage('database', () => ensureGenerated(root))
    if (dev) return runFromSources(rest)
    await ensureBuilt(root)
  } catch (error) {
    const trouble = error instanceof Trouble ? error : findTrouble('Starting', String(error), root)
    console.error(trouble ? trouble.message : error)
    process.exitCode = 1
    return
  }
  if (args.includes('--build-only')) return
  process.argv = [process.argv[0], path.join(root, 'dist', 'panel.mjs'), ...rest]
  await import(pathToFileURL(process.argv[1]).href)
}

/**
 * npm hands a signal to its shell, and the shell dies without handing it on: under npm, the end of
 * the parent counts as SIGTERM.
 */
function endWithParent() {
  if (!process.env.npm_lifecycle_event) return
  const parent = process.ppid
  const checking = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(checking)
    process.kill(process.pid, 'SIGTERM')
  }, PARENT_CHECK_MS)
  checking.unref()
}

/** @param {string[]} args */
function runFromSources(args) {
  const folder = `dist/dev-${process.env.PORT ?? 'default'}`
  mkdirSync(path.join(root, folder), { recursive: true })
  writeFileSync(path.join(root, folder, 'tsconfig.json'), JSON.stringify(tsconfigFor()))
  const entry = path.join(root, 'workers', 'panel', 'main.ts')
  const panel = spawn(process.execPath, ['--import', 'tsx', entry, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      NODE_ENV: 'development',
      NEXT_TELEMETRY_DISABLED: '1',
      DRAWBRIDGE_NEXT_DIR: `${folder}/next`,
      DRAWBRIDGE_NEXT_TSCONFIG: `${folder}/tsconfig.json`,
    },
  })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => panel.kill(signal))
  panel.once('exit', (code) => process.exit(code ?? 1))
}
