// `npm run admin -- <command>`: what is done at the panel's own machine, of the build that runs; from
// the sources where nothing was built. See workers/admin.
require('./node-check.cjs')

const { spawnSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')

const root = path.join(__dirname, '..')

function programArguments() {
  try {
    const { build } = JSON.parse(fs.readFileSync(path.join(root, 'dist', 'current.json'), 'utf8'))
    const built = path.join(root, 'dist', build, 'admin.mjs')
    if (fs.existsSync(built)) return [built]
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
  return ['--import', 'tsx', path.join(root, 'workers', 'admin', 'main.ts')]
}

const { status, signal } = spawnSync(
  process.execPath,
  [...programArguments(), ...process.argv.slice(2)],
  { stdio: 'inherit' },
)
process.exit(status === null ? (signal === 'SIGINT' ? 130 : 1) : status)
