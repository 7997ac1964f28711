import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { directDialer } from '@/lib/io/dialer'
import type { GuestRef, SeedSpec } from '@/lib/plan/step'
import { type GuestPool, openGuestPool } from '@/lib/ssh/guest-session'
import { makePrivateKey, publicKeyOf } from '@/lib/ssh/keys'
import type { GuestSession } from '@/lib/ssh/session'
import { renderUserData } from '../../seed/user-data'

/** Where everything has its address: the namespace that scripts/test-reality.mjs made for this run. */
export const ADDRESS = '10.213.77.11'
export const BACKENDS = ['10.213.77.21', '10.213.77.22'] as const

/** A package that only this machine's own repository has. */
export const PROBE = 'drawbridge-probe'

/** A real machine: systemd as its first process, OpenSSH, cloud-init that read the panel's own seed. */
export type Machine = {
  guest: GuestRef
  session(): GuestSession
  /** Another panel: nothing of this one's connections is used. */
  otherSession(): GuestSession
  close(): Promise<void>
}

const seed: SeedSpec = {
  ...{ instanceId: 'reality-1', hostname: 'reality-1', domain: 'lan', user: 'drawbridge' },
  ...{ authorizedKeys: [], timezone: null, ntp: [], packages: [], nics: [] },
  hosts: [`${ADDRESS} api.reality.lan`],
}

/**
 * Boots `root` (a folder with a Debian system) as a container of systemd-nspawn over a copy in
 * memory. Needs root, and a mount and a network namespace of its own around this process: it shares
 * the network, so its addresses are nowhere else.
 */
export function bootMachine(root: string): Machine {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-reality-'))
  const merged = overlay(folder, root)
  const keys = { user: makePrivateKey('panel'), host: makePrivateKey('reality-1 host key') }
  writeSeed(merged, keys)
  writeRepository(merged)
  const container = runContainer([...NSPAWN, '-D', merged, '-M', `db-${process.pid}`])
  const pools: GuestPool[] = []
  const connect = () => {
    const pool = openGuestPool()
    pools.push(pool)
    return pool.session('reality/1', 'reality-1', async () => {
      if (container.ended()) throw new Error(`it ended: ${container.said()}`)
      return {
        ...{ name: 'reality-1', address: ADDRESS, user: 'drawbridge', privateKey: keys.user },
        ...{ hostKey: publicKeyOf(keys.host), dialer: directDialer(2000) },
      }
    })
  }
  const own = connect()
  return {
    guest: {
      ...{ connection: 'reality', topologyId: 'reality', vm: 'reality-1', name: 'reality-1' },
      ...{ address: ADDRESS, user: 'drawbridge' },
    },
    session: () => own,
    otherSession: connect,
    async close() {
      for (const pool of pools) pool.close()
      await container.end()
      execFileSync('umount', ['--lazy', merged, join(folder, 'memory')])
      rmSync(folder, { recursive: true })
    },
  }
}

/** The recipe of docs/decisions on tests against real hosts. */
const NSPAWN = [
  ...['--quiet', '--boot', '--register=no', '--keep-unit', '--private-users=no'],
  ...['--capability=CAP_NET_ADMIN', '--resolv-conf=off', '--timezone=off'],
  ...['--link-journal=no', '--console=pipe'],
]

/** What is written goes to memory: the root stays as it was made. */
function overlay(folder: string, root: string): string {
  const [memory, merged] = [join(folder, 'memory'), join(folder, 'root')]
  mkdirSync(memory)
  mkdirSync(merged)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2g', 'drawbridge', memory])
  const [upper, work] = [join(memory, 'upper'), join(memory, 'work')]
  mkdirSync(upper)
  mkdirSync(work)
  const layers = `lowerdir=${root},upperdir=${upper},workdir=${work}`
  execFileSync('mount', ['-t', 'overlay', '-o', layers, 'drawbridge', merged])
  return merged
}

function writeSeed(
  merged: string,
  keys: { user: Parameters<typeof publicKeyOf>[0]; host: Parameters<typeof publicKeyOf>[0] },
): void {
  const folder = join(merged, 'var/lib/cloud/seed/nocloud')
  mkdirSync(folder, { recursive: true })
  const userData = renderUserData(seed, {
    userKey: publicKeyOf(keys.user),
    hostKey: { private: keys.host.reveal(), public: publicKeyOf(keys.host) },
  })
  writeFileSync(join(folder, 'user-data'), userData, { mode: 0o600 })
  writeFileSync(join(folder, 'meta-data'), `instance-id: ${seed.instanceId}\n`)
  // The network is the namespace's, made before the machine; its locale package is not there.
  const settings =
    'datasource_list: [NoCloud]\nnetwork: {config: disabled}\nlocale: false\napt: {preserve_sources_list: true}\n'
  writeFileSync(join(merged, 'etc/cloud/cloud.cfg.d/90-reality.cfg'), settings)
}

/** A repository of one package in the machine itself: apt works with no way out. */
function writeRepository(merged: string): void {
  const repository = join(merged, 'opt/repository')
  const source = mkdtempSync(join(tmpdir(), 'drawbridge-probe-'))
  mkdirSync(join(source, 'DEBIAN'))
  mkdirSync(repository, { recursive: true })
  const control = `Package: ${PROBE}\nVersion: 1.0-1\nArchitecture: all\nMaintainer: Drawbridge <nobody@localhost>\nDescription: installed to see that it can be\n`
  writeFileSync(join(source, 'DEBIAN/control'), control)
  const deb = join(repository, `${PROBE}.deb`)
  execFileSync('dpkg-deb', ['--build', '--root-owner-group', source, deb], { stdio: 'ignore' })
  rmSync(source, { recursive: true })
  const bytes = readFileSync(deb)
  const hash = createHash('sha256').update(bytes).digest('hex')
  writeFileSync(
    join(repository, 'Packages'),
    `${control}Filename: ./${PROBE}.deb\nSize: ${bytes.length}\nSHA256: ${hash}\n`,
  )
  writeFileSync(join(merged, 'etc/apt/sources.list'), 'deb [trusted=yes] file:/opt/repository ./\n')
}

/** How nspawn ends when its machine wants to be booted again and no service manager looks after it. */
const BOOT_AGAIN = 133

/** The container, begun again whenever it reboots. `end` asks it to shut down, as a power button does. */
function runContainer(args: readonly string[]) {
  const console: string[] = []
  let machine: ChildProcess
  let ending = false
  const start = () => {
    machine = spawn('systemd-nspawn', args, { stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [machine.stdout, machine.stderr])
      stream?.on('data', (chunk: Buffer) => console.push(chunk.toString()))
    machine.once('exit', (code) => {
      if (code === BOOT_AGAIN && !ending) start()
    })
  }
  start()
  const ended = () => machine.exitCode !== null || machine.signalCode !== null
  return {
    ended,
    said: () => console.join('').slice(-2000),
    async end() {
      ending = true
      if (ended()) return
      const gone = new Promise<void>((resolve) => machine.once('exit', () => resolve()))
      machine.kill('SIGTERM')
      const timer = setTimeout(() => machine.kill('SIGKILL'), 15_000)
      await gone
      clearTimeout(timer)
    },
  }
}
