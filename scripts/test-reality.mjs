// `npm run test:reality`: the steps that happen inside machines, against real ones: containers of
// systemd-nspawn with their own systemd, OpenSSH, cloud-init, apt, containerd and HAProxy; and the
// lab's PVE against clients that nobody here wrote, proxmoxer and Ansible. As root on Linux; needed
// Debian packages are installed, those of the clients only unpacked. `--sample` takes the first
// release of Debian and the newer PVE only, a name such as `trixie` only that release. Every address
// is in a network namespace that ends with the run. Closes with a table of what was there and a line
// `N passed, N failed, N skipped`; what could not be had is a failure, never a skip.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { ensureClients } from './reality/clients.mjs'
import { ensureRoot, ensureTools, RELEASES } from './reality/root.mjs'
import { addCounts, closingLine, countReport, nothing } from './test/counts.mjs'
import { root } from './test/run-checks.mjs'

const ADDRESSES = ['10.213.77.11', '10.213.77.21', '10.213.77.22']
const ONE_FAILED = { ...nothing, failed: 1 }
const asked = process.argv.slice(2)
const sample = asked.includes('--sample')
const releases = sample
  ? RELEASES.slice(0, 1)
  : RELEASES.filter((release) => asked.length === 0 || asked.includes(release))

/** @type {{ what: string, there: string }[]} */
const table = []
let counts = nothing
try {
  for (const tool of ensureTools()) table.push(tool)
  const clients = ensureClients()
  table.push(...clients.programs)
  for (const release of releases) {
    const made = ensureRoot(release)
    for (const one of made.programs)
      table.push({ what: `${release}: ${one.what}`, there: one.there })
    counts = addCounts(counts, runAgainst(release, made.folder, clients.folder))
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  counts = addCounts(counts, ONE_FAILED)
}
const width = Math.max(0, ...table.map(({ what }) => what.length))
console.log(`\n${table.map(({ what, there }) => `${what.padEnd(width)}  ${there}`).join('\n')}`)
console.log(closingLine(counts))
if (counts.failed > 0 || counts.passed === 0) process.exitCode = 1

/** The suite in a mount and a network namespace of its own, with nothing but loopback and a bridge. */
function runAgainst(release, folder, clients) {
  const report = path.join(root, 'test-results', `reality-${release}.json`)
  mkdirSync(path.dirname(report), { recursive: true })
  const network = [
    'ip link set lo up',
    'ip link add dbr0 type bridge',
    'ip link set dbr0 up',
    ...ADDRESSES.map((address) => `ip address add ${address}/24 dev dbr0`),
  ].join(' && ')
  const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const args = ['run', '--reporter=verbose', '--reporter=json', `--outputFile.json=${report}`]
  // The clients are the same with every release of the machines.
  if (release !== releases[0]) args.push('--exclude=**/clients.reality.test.ts')
  const { status } = spawnSync(
    'unshare',
    [
      ...['--net', '--mount', '--propagation', 'private', 'sh', '-c'],
      ...[`${network} && exec "$@"`, 'sh', process.execPath, vitest, ...args],
    ],
    {
      cwd: root,
      stdio: 'inherit',
      env: {
        ...{ ...process.env, SUITE: 'reality', REALITY_ROOT: folder, REALITY_CLIENTS: clients },
        ...(sample ? { REALITY_SAMPLE: '1' } : {}),
      },
    },
  )
  if (!existsSync(report)) return ONE_FAILED
  const read = countReport('vitest', JSON.parse(readFileSync(report, 'utf8')))
  return status !== 0 && read.failed === 0 ? addCounts(read, ONE_FAILED) : read
}
