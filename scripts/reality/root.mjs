import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'

/** Debian releases whose programs the steps are held against; the first is the sample's. */
export const RELEASES = ['bookworm', 'trixie']

/** Program, and the Debian package that brings it. */
const TOOLS = { 'systemd-nspawn': 'systemd-container', mmdebstrap: 'mmdebstrap', ip: 'iproute2' }

const PACKAGES = [
  ...['systemd-sysv', 'udev', 'dbus', 'openssh-server', 'cloud-init', 'iproute2', 'netbase'],
  ...['sudo', 'ca-certificates', 'procps', 'kmod', 'haproxy', 'containerd'],
]

/** What of the roots differs from what packages make: no units that only wait or reach out. */
const MASKED = [
  ...['apt-daily.timer', 'apt-daily-upgrade.timer', 'e2scrub_reap.service'],
  ...['systemd-timesyncd.service', 'networking.service', 'systemd-resolved.service'],
]

/** Runs a program; throws with its last words if it fails. */
function must(program, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
    ...options,
  })
  if (status === 0) return stdout.trim()
  const said = error?.message ?? `${stdout}\n${stderr}`.trim().split('\n').slice(-8).join('\n')
  throw new Error(`${program} failed: ${said}`)
}

const has = (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0

/** Installs what is missing. Throws where that cannot be done. Answers what there is. */
export function ensureTools() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    throw new Error('Real machines need Linux and root: run it there, in a container or a VM.')
  const missing = Object.keys(TOOLS).filter((tool) => !has(tool))
  if (missing.length > 0) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    must('apt-get', ['update', '-q'], { env })
    const packages = missing.map((tool) => TOOLS[tool])
    must('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], { env })
  }
  return [
    { what: 'systemd-nspawn', there: must('systemd-nspawn', ['--version']).split('\n')[0] },
    { what: 'mmdebstrap', there: must('mmdebstrap', ['--version']) },
    { what: 'kernel', there: must('uname', ['-r']) },
  ]
}

/** A folder with a Debian system of this release, made once and kept in the cache. */
export function ensureRoot(release) {
  const cache = path.join(process.env.XDG_CACHE_HOME ?? '/var/cache', 'drawbridge')
  const recipe = createHash('sha256').update(JSON.stringify([release, PACKAGES, MASKED]))
  const folder = path.join(cache, `reality-${release}-${recipe.digest('hex').slice(0, 12)}`)
  if (!existsSync(folder)) makeRoot(release, folder)
  const version = (...command) =>
    must('chroot', [folder, ...command])
      .split('\n')[0]
      ?.slice(0, 100) ?? ''
  const programs = [
    { what: 'containerd', there: version('containerd', '--version') },
    { what: 'HAProxy', there: version('haproxy', '-v') },
    {
      what: 'OpenSSH',
      there: version('dpkg-query', '-W', '-f', '$' + '{Version}', 'openssh-server'),
    },
    {
      what: 'cloud-init',
      there: version('dpkg-query', '-W', '-f', '$' + '{Version}', 'cloud-init'),
    },
    { what: 'systemd', there: version('systemctl', '--version') },
    { what: 'apt', there: version('apt-get', '--version') },
  ]
  return { folder, programs }
}

/** Made aside and renamed, so that a run that is broken off leaves no half of one. */
function makeRoot(release, folder) {
  console.log(`reality: making a ${release} system in ${folder} (once; about a minute)`)
  mkdirSync(path.dirname(folder), { recursive: true })
  const fresh = `${folder}.${process.pid}`
  rmSync(fresh, { recursive: true, force: true })
  const tar = `${fresh}.tar`
  // Through a tar file: its own folder mode wants a file system that keeps every attribute.
  must('mmdebstrap', ['--quiet', '--variant=minbase', `--include=${PACKAGES}`, release, tar])
  mkdirSync(fresh)
  must('tar', ['--xattrs', '--xattrs-include=*', '-xpf', tar, '-C', fresh])
  rmSync(tar)
  must('chroot', [fresh, 'sh', '-c', 'rm -f /etc/ssh/ssh_host_*; : > /etc/machine-id'])
  for (const unit of MASKED)
    must('chroot', [fresh, 'ln', '-sf', '/dev/null', `/etc/systemd/system/${unit}`])
  renameSync(fresh, folder)
}
