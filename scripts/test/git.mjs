import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { runTool } from '../start/stage.mjs'
import { Trouble } from '../start/trouble.mjs'

/** What keeping a topology in Git takes, and how each says that it is there. */
const PROGRAMS = [
  ['git', '--version'],
  ['ssh', '-V'],
  ['ssh-keyscan', '-?'],
]
const DEBIAN_PACKAGES = ['git', 'openssh-client', 'ca-certificates']

/** The programs that are not there. */
const missing = () =>
  PROGRAMS.filter(([program, ...args]) => spawnSync(program, args).error !== undefined).map(
    ([program]) => program,
  )

/**
 * Finds Git and SSH's client, or installs them with apt-get as root on Debian and Ubuntu: the tests
 * push to real repositories on this machine. Throws a {@link Trouble} where that does not work.
 */
export async function ensureGit() {
  if (missing().length === 0) return
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const options = { cwd: process.cwd(), env }
    await runTool('apt-get update', 'apt-get', ['update', '-q'], options)
    const install = ['install', '-qy', '--no-install-recommends', ...DEBIAN_PACKAGES]
    await runTool('apt-get install', 'apt-get', install, options)
  }
  const still = missing()
  if (still.length > 0)
    throw new Trouble(
      `No ${still.join(', ')} for the tests of Git - install ${DEBIAN_PACKAGES.slice(0, 2).join(' and ')} and try again.`,
    )
}
