import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { hashOfFile } from './fingerprint.mjs'
import { runTool } from './stage.mjs'

/**
 * Installs what the lock file names, development tools included (they build the panel), whatever
 * NODE_ENV or npm's `omit` say. Does nothing when node_modules already holds exactly that.
 * @param {string} root
 * @returns {Promise<string>} a few words for the stage's line
 */
export async function ensureInstalled(root) {
  const wanted = {
    lock: hashOfFile(path.join(root, 'package-lock.json')),
    platform: `${process.platform}-${process.arch}`,
  }
  const stampFile = path.join(root, 'node_modules', '.drawbridge.json')
  const stamp = readJson(stampFile)
  if (stamp?.lock === wanted.lock && stamp.platform === wanted.platform) return 'nothing to do'

  const moved = stamp !== null && stamp.platform !== wanted.platform
  if (!moved && holdsTheLock(root)) {
    writeFileSync(stampFile, JSON.stringify(wanted))
    return 'already there'
  }
  await npmCi(root)
  writeFileSync(stampFile, JSON.stringify(wanted))
  return 'from package-lock.json'
}

/**
 * Whether node_modules, by npm's own record of it, holds what the lock file asks for here.
 * Optional packages may be missing: they belong to other platforms.
 * @param {string} root
 */
export function holdsTheLock(root) {
  const held = readJson(path.join(root, 'node_modules', '.package-lock.json'))?.packages
  const wanted = readJson(path.join(root, 'package-lock.json'))?.packages
  if (!held || !wanted) return false
  return Object.entries(wanted).every(([place, entry]) => {
    if (place === '') return true
    if (!held[place]) return entry.optional === true
    return held[place].version === entry.version && held[place].integrity === entry.integrity
  })
}

/** @param {string} root */
function npmCi(root) {
  const env = { ...process.env }
  // `npm start` hands its own settings down; these would leave the build tools out.
  for (const key of Object.keys(env)) {
    if (/^(NODE_ENV|npm_config_(omit|production|only|dev|dry_run))$/i.test(key)) delete env[key]
  }
  const npm = process.env.npm_execpath
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  return npm?.endsWith('.js')
    ? runTool('Installing', process.execPath, [npm, ...args], { cwd: root, env })
    : runTool('Installing', 'npm', args, { cwd: root, env })
}

/** @param {string} file */
export function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return null
    throw error
  }
}
