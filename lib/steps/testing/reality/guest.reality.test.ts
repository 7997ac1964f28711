import { readdirSync, readFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CONTAINERD_PATH } from '@/lib/plan/files/containerd'
import type { Step, StepArgs, StepKind } from '@/lib/plan/step'
import { sh } from '@/lib/ssh/shell'
import { aptInstall, aptUpdate, installedVersions } from '../../guest/apt'
import { performStep, type StepContext } from '../../handler'
import { handlers } from '../../handlers'
import { ADDRESS, BACKENDS, bootMachine, type Machine, PROBE } from './machine'
import { type ReadyServer, startReadyServer } from './tls-server'

/**
 * The steps that happen inside machines, against a real one: systemd, OpenSSH, sudo, apt,
 * containerd and HAProxy as Debian ships them. Run by scripts/test-reality.mjs.
 */
let machine: Machine
let lines: string[] = []

const context = (notes = new Map<string, string>()): StepContext => {
  const nobody = () => Promise.reject(new Error('not in this test'))
  return {
    ...{ proxmox: nobody, kubernetes: nobody, helm: nobody },
    guest: async () => machine.session(),
    secrets: { find: async () => null, ensure: nobody, put: nobody, remove: nobody },
    notes: {
      get: (key) => notes.get(key),
      set: async (key, value) => void notes.set(key, value),
    },
    log: (line) => void lines.push(line),
    signal: AbortSignal.timeout(170_000),
    now: () => Date.now(),
  }
}
const perform = <K extends StepKind>(kind: K, args: StepArgs[K]) =>
  performStep(handlers, { id: `${kind}:reality`, kind, args } as unknown as Step<K>, context())
const must = (...command: Parameters<typeof sh>) =>
  machine.session().must(sh(...command), { sudo: true })

beforeAll(() => {
  const root = process.env.REALITY_ROOT
  if (!root) throw new Error('REALITY_ROOT is not set: run it by npm run test:reality.')
  machine = bootMachine(root)
})
afterAll(() => machine?.close())

test("cloud-init reads the panel's seed: its key, its host key pinned before first boot", async () => {
  const { guest } = machine
  await perform('guest.ready', { guest })
  expect(await machine.session().must(sh`hostname`)).toBe('reality-1')
  expect(await machine.session().must(sh`id -un`)).toBe('drawbridge')
  expect(await must`id -un`).toBe('root')
  expect(await machine.session().must(sh`getent hosts api.reality.lan`)).toContain(ADDRESS)
})

test('a file is written at once, with its mode, as root', async () => {
  const odd = `it's "odd"\n$HOME \\ \u00fc\n`
  await machine.session().writeFile('/etc/drawbridge/odd.conf', odd, { mode: '0600' })
  expect(await machine.session().readFile('/etc/drawbridge/odd.conf')).toBe(odd)
  expect(await must`stat -c ${'%a %U'} /etc/drawbridge/odd.conf`).toBe('600 root')
})

describe('apt', () => {
  const hold = async (file: string, seconds: number) => {
    const code = `import fcntl,time\nf=open('${file}','w')\nfcntl.lockf(f,fcntl.LOCK_EX)\nopen('/run/held-${seconds}','w')\ntime.sleep(${seconds})`
    await must`systemd-run --unit=${`hold-${seconds}`} python3 -c ${code}`
    await must`sh -c ${`until test -e /run/held-${seconds}; do sleep 0.05; done`}`
  }

  test('the lock of its lists, for which it has no patience of its own, is waited for', async () => {
    lines = []
    await hold('/var/lib/apt/lists/lock', 4)
    await aptUpdate(machine.session(), context(), 'reality-1')
    expect(lines).toContain('Another package manager is at work; waiting for it.')
  })

  test('the lock of dpkg is waited for, and the package is installed', async () => {
    await hold('/var/lib/dpkg/lock-frontend', 5)
    const begun = Date.now()
    await aptInstall(machine.session(), context(), 'reality-1', [PROBE])
    expect(Date.now() - begun).toBeGreaterThan(2000)
    expect(await installedVersions(machine.session(), [PROBE, 'no-such-thing'])).toEqual({
      [PROBE]: '1.0-1',
      'no-such-thing': null,
    })
  })

  test("a package that is nowhere fails with apt's own words", async () => {
    await expect(
      aptInstall(machine.session(), context(), 'reality-1', ['no-such-thing']),
    ).rejects.toMatchObject({
      code: 'guest.apt-failed',
      message: expect.stringContaining('Unable to locate package no-such-thing'),
    })
  })
})

test('containerd takes its configuration and comes up with it', async () => {
  const args = { guest: machine.guest, sandboxImage: 'registry.k8s.io/pause:3.9' }
  expect(await perform('guest.containerd', args)).toEqual({ changed: true })
  expect(await perform('guest.containerd', args)).toEqual({ changed: false })
  const dump = await must`containerd --config ${CONTAINERD_PATH} config dump`
  expect(dump).toMatch(/SystemdCgroup = true/)
  expect(dump).toContain('registry.k8s.io/pause:3.9')
})

describe('HAProxy before API servers', () => {
  const PORT = 7443
  const servers: ReadyServer[] = []
  beforeAll(async () => {
    for (const address of BACKENDS) servers.push(await startReadyServer(address, 6443))
  })
  afterAll(() => Promise.all(servers.map((server) => server.close())))

  /** Who answers behind it; null if it closes the connection. */
  const answers = (): Promise<string | null> =>
    new Promise((resolve) => {
      const how = { host: ADDRESS, port: PORT, path: '/', agent: false, rejectUnauthorized: false }
      const sent = request(how, (response) => void text(response).then(resolve))
      sent.once('error', () => resolve(null))
      sent.end()
    })
  /** Four in a row: with two servers one answer may come from either. */
  const untilIs = async (wanted: string | null) => {
    const end = Date.now() + 30_000
    for (let inRow = 0; inRow < 4; ) {
      const seen = await answers()
      inRow = seen === wanted ? inRow + 1 : 0
      if (Date.now() > end) expect(seen).toBe(wanted)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  test('passes connections to whoever is ready, and to nobody when nobody is', async () => {
    const [first, second] = servers as [ReadyServer, ReadyServer]
    const backends = BACKENDS.map((address, index) => ({ name: `m${index + 1}`, address }))
    const args = { guest: machine.guest, port: PORT, backends }
    expect(await perform('guest.haproxy', args)).toEqual({ changed: true })
    expect(await perform('guest.haproxy', args)).toEqual({ changed: false })
    first.ready = false
    await untilIs(second.name)
    second.ready = false
    await untilIs(null)
    first.ready = true
    await untilIs(first.name)
  })

  test('a configuration that it refuses leaves the running one alone', async () => {
    const backends = [{ name: 'bad name', address: BACKENDS[0] }]
    await expect(
      perform('guest.haproxy', { guest: machine.guest, port: PORT, backends }),
    ).rejects.toMatchObject({ code: 'guest.config-invalid' })
    expect(await must`systemctl is-active haproxy`).toBe('active')
    await untilIs(BACKENDS[0])
  })
})

test('the reviewed files are taken by the programs that read them', async () => {
  const folder = join(process.cwd(), 'lib/plan/files/golden')
  const names = readdirSync(folder)
  const haproxy = names.filter((name) => name.startsWith('haproxy'))
  const containerd = names.filter((name) => /^containerd-1\./.test(name))
  expect(haproxy.length * containerd.length).toBeGreaterThan(0)
  for (const name of [...haproxy, ...containerd]) {
    const path = `/root/${name}`
    const content = readFileSync(join(folder, name), 'utf8')
    await machine.session().writeFile(path, content, { mode: '0644' })
    if (haproxy.includes(name)) await must`haproxy -c -f ${path}`
    else
      expect(await must`containerd --config ${path} config dump`).toContain('SystemdCgroup = true')
  }
})

describe('a long command', () => {
  const COUNT = sh`sh -c ${'for n in 1 2 3 4 5 6; do echo line $n; sleep 0.5; done; exit 7'}`

  test('goes on while its connection is killed, and nothing of its output is missed', async () => {
    const seen: string[] = []
    const running = machine.session().runLong('reality-count', COUNT, {
      onLine: (line) => seen.push(line),
    })
    await new Promise((resolve) => setTimeout(resolve, 1200))
    await machine
      .otherSession()
      .run(sh`pkill -KILL -f ${'sshd: drawbridge'}`, { sudo: true })
      .catch(() => undefined) // Its own connection is one of them.
    expect((await running).code).toBe(7)
    expect(seen).toEqual([1, 2, 3, 4, 5, 6].map((n) => `line ${n}`))
  })

  test('is taken up by another worker when the one before is gone', async () => {
    const gone = new AbortController()
    const before = machine.session().runLong('reality-again', COUNT, { signal: gone.signal })
    await new Promise((resolve) => setTimeout(resolve, 1200))
    gone.abort({ reason: 'shutdown' })
    await expect(before).rejects.toBeDefined()
    const seen: string[] = []
    const { code } = await machine.otherSession().runLong('reality-again', COUNT, {
      onLine: (line) => seen.push(line),
    })
    expect(code).toBe(7)
    expect(seen).toEqual([1, 2, 3, 4, 5, 6].map((n) => `line ${n}`))
    expect(await must`sh -c ${'ls /var/log/drawbridge | grep -c reality-again'}`).toBe('1')
  })
})

test('after a reboot the same session goes on, with the same host key and files', async () => {
  const bootId = () => machine.session().must(sh`cat /proc/sys/kernel/random/boot_id`)
  const before = await bootId()
  await machine.session().reboot({ timeoutMs: 90_000 })
  expect(await bootId()).not.toBe(before)
  await perform('guest.ready', { guest: machine.guest })
  expect(await machine.session().readFile('/etc/drawbridge/odd.conf')).toContain('odd')
})
