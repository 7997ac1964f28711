import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { runTool } from '../start/stage.mjs'
import { Trouble } from '../start/trouble.mjs'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const DEBIAN_PACKAGES = ['chromium', 'fonts-dejavu-core']

/**
 * A Chromium that starts: CHROMIUM, then PATH, then Playwright's own; null when there is none.
 * Ubuntu's chromium-browser is only a signpost to a snap, so each one is asked for its version.
 * @returns {Promise<string | null>} the program's path
 */
export async function findChromium() {
  const folders = (process.env.PATH ?? '').split(path.delimiter)
  const { chromium } = await import('@playwright/test')
  const candidates = [
    process.env.CHROMIUM,
    ...NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))),
    chromium.executablePath(),
  ]
  return candidates.find((file) => file && existsSync(file) && starts(file)) ?? null
}

/** @param {string} file */
const starts = (file) => spawnSync(file, ['--version'], { timeout: 30_000 }).status === 0

/**
 * Finds a Chromium or installs one: with apt-get as root on Debian and Ubuntu, else Playwright's.
 * Throws a {@link Trouble} where neither works.
 */
export async function ensureChromium() {
  const found = await findChromium()
  if (found) return found
  const attempts = canUseApt() ? [installByApt, installByPlaywright] : [installByPlaywright]
  const reasons = []
  for (const attempt of attempts) {
    try {
      await attempt()
      const installed = await findChromium()
      if (installed) return installed
      reasons.push(`${attempt.name}: installed, but it does not start`)
    } catch (error) {
      reasons.push(`${attempt.name}: ${error.message}`)
    }
  }
  throw new Trouble(
    `No Chromium for the browser journeys - ${reasons.join('; ')} - install one and name it in CHROMIUM.`,
  )
}

const canUseApt = () =>
  process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')

async function installByApt() {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const options = { cwd: process.cwd(), env }
  await runTool('apt-get update', 'apt-get', ['update', '-q'], options)
  const install = ['install', '-qy', '--no-install-recommends', ...DEBIAN_PACKAGES]
  await runTool('apt-get install', 'apt-get', install, options)
}

async function installByPlaywright() {
  const cli = path.resolve('node_modules', '@playwright', 'test', 'cli.js')
  await runTool('playwright install', process.execPath, [cli, 'install', 'chromium'], {
    cwd: process.cwd(),
  })
}
