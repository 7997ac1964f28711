import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Secret } from '@/lib/base/secret'
import { socks5Dialer } from '@/lib/io/dialer'
import type { Fault } from '@/lib/lab/faults'
import { K3S } from '@/lib/plan/files/k3s'
import { unitFile, unitPath } from '@/lib/plan/files/k3s-unit'
import { documentSecretName } from '@/lib/plan/secret-names'
import { seedVolume } from '@/lib/plan/seed-volume'
import type { ClusterRef, StepArgs, StepKind } from '@/lib/plan/step'
import { openGuestPool } from '@/lib/ssh/guest-session'
import type { GuestSession } from '@/lib/ssh/session'
import { type ShellText, sh } from '@/lib/ssh/shell'
import { guestKey, guestTarget } from '../guest-target'
import { type LabSteps, refOf, seedOf, specOf, startLabSteps } from '../testing/lab-steps'
import { sumOf } from './download-k3s'
import { followJournal } from './journal'

/** k3s on one guest of the lab: what goes well, and what it says when it does not. */
const MAC = 'BC:24:11:0C:00:01'
const RELEASE = 'v1.36.1+k3s1'
const template = refOf('jammy', 9000, 'templates')
const ref = refOf('edge-1', 251)
const guest = {
  ...{ connection: 'lab', topologyId: 't1', vm: 'edge-1', name: 'edge-1' },
  ...{ address: '10.2.0.11', user: 'drawbridge' },
}
const cluster: ClusterRef = {
  ...{ topologyId: 't1', cluster: 'edge', name: 'edge', connection: 'lab', version: '1.36.1' },
  endpoint: { name: 'api.edge.lan', address: '10.2.0.11', port: 6443 },
  ...{ podCidr: '10.245.0.0/16', serviceCidr: '10.97.0.0/16', cniMode: 'ebpf' },
  firstControlPlane: guest,
  k3s: { release: RELEASE, datastore: 'sqlite', network: 'flannel' },
}
const INSTALL: StepArgs['guest.k3s'] = { guest, release: RELEASE, mirrors: [], cas: [] }
const SERVER: StepArgs['k3s.server'] = {
  ...{ cluster, guest, labels: { 'topology.kubernetes.io/zone': 'pve1' } },
  servers: { certSans: ['api.edge.lan'], dedicated: false, encryptSecrets: false, audit: null },
}
const pool = openGuestPool()
let home: LabSteps

const session = (): GuestSession => {
  const secrets = { find: async (name: string) => home.secrets.get(name) ?? null }
  const dialer = socks5Dialer(home.lab.connection.socks)
  return pool.session(guestKey(guest), guest.name, () => guestTarget(guest, secrets, dialer))
}
const perform = <K extends StepKind>(kind: K, args: StepArgs[K]) =>
  home.perform(kind, args, { guest: session() })
const must = (command: ShellText) => session().must(command, { sudo: true })

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never
const provoke = (...faults: WithoutId<Fault>[]) =>
  home.lab.engine.change(({ state }) => {
    state.faults = faults.map((fault, index) => ({ ...fault, id: `f${index}` }) as Fault)
  })

beforeAll(async () => {
  home = await startLabSteps(300)
  const image = { storage: 'local', file: 'jammy.qcow2', sha256: null }
  await home.perform('image.download', {
    ...{ at: template.at, url: 'https://cloud-images.example/jammy.img', ...image },
  })
  await home.perform('template.create', {
    ...{ ref: template, storage: 'local-lvm', image: 'local:import/jammy.qcow2' },
    ...{ seedStorage: 'local', topologyId: 't1', bridge: 'vmbr0', tag: 20 },
    seed: { ...seedOf('template-jammy', 'BC:24:11:0C:00:FF'), packages: ['qemu-guest-agent'] },
  })
  await home.perform('template.bake', { ref: template })
  await home.perform('template.seal', { ref: template, seedStorage: 'local', specHash: 'x' })
  const seed = { ref, topologyId: 't1', storage: 'local', seed: seedOf('edge-1', MAC) }
  await home.perform('seed.upload', seed)
  const from = { templateVmid: 9000, templateNode: 'pve1', storage: 'local-lvm' }
  await home.perform('vm.clone', { ref, ...from })
  const spec = specOf('edge-1', MAC)
  await home.perform('vm.configure', { ref, spec, seedVolume: seedVolume('local', ref) })
  await home.perform('vm.disks', { ref, disks: spec.disks })
  await home.perform('vm.start', { ref })
  await perform('guest.ready', { guest })
  await perform('guest.kernel', { guest })
}, 110_000)
beforeEach(() => {
  provoke()
  home.lines.length = 0
})
afterAll(async () => {
  pool.close()
  await home.close()
})

test('a release that its makers never published is told as such', async () => {
  const wrong = perform('guest.k3s', { ...INSTALL, release: 'v1.36.99+k3s1' })
  await expect(wrong).rejects.toMatchObject({
    code: 'guest.no-release',
    message: expect.stringContaining('v1.36.99+k3s1'),
  })
})

test('a program whose sum is another one is not installed', async () => {
  // The list of sums is that of another release.
  const tampered: GuestSession = {
    ...session(),
    run: (command, options) =>
      session().run(
        String(command).includes('sha256sum-amd64.txt')
          ? sh`curl -fsSL https://github.com/k3s-io/k3s/releases/download/v1.35.6%2Bk3s1/sha256sum-amd64.txt`
          : command,
        options,
      ),
    must: (command, options) => session().must(command, options),
    readFile: (path) => session().readFile(path),
    writeFile: (path, content, options) => session().writeFile(path, content, options),
    runLong: (name, command, options) => session().runLong(name, command, options),
  }
  await expect(home.perform('guest.k3s', INSTALL, { guest: tampered })).rejects.toMatchObject({
    code: 'guest.checksum',
  })
  expect((await session().run(sh`test -e ${K3S.binary}`)).code).toBe(1)
  expect((await session().run(sh`test -e /var/tmp/drawbridge-k3s`)).code).toBe(1)
})

test('the release is installed with its mirrors and authorities, once', async () => {
  home.secrets.set(documentSecretName('t1', 'mirror'), new Secret('hunter2'))
  const mirror = { registry: 'docker.io', mirror: 'https://mirror.lan', ca: 'PEM', user: 'me' }
  const args = { ...INSTALL, mirrors: [{ ...mirror, password: 'mirror' }], cas: ['PEM of ours'] }
  expect(await perform('guest.k3s', args)).toEqual({ changed: true })
  expect(await perform('guest.k3s', args)).toEqual({ changed: false })
  expect(await must(sh`stat -c %a ${K3S.registries} ${K3S.binary}`)).toMatch(/^600/)
  expect(await must(sh`cat ${K3S.registries}`)).toContain('hunter2')
  expect(home.lines.join('\n')).not.toContain('hunter2')
  expect(await must(sh`k3s --version`)).toContain(RELEASE)
  const nobody = { ...mirror, password: 'unset' }
  await expect(perform('guest.k3s', { ...INSTALL, mirrors: [nobody] })).rejects.toMatchObject({
    code: 'guest.config-invalid',
  })
})

test('a port that somebody else holds ends the wait with who it may be', async () => {
  const backends = [{ name: 'edge-1', address: '10.2.0.11' }]
  await perform('guest.haproxy', { guest, port: 6443, backends, anonymous: false })
  await expect(perform('k3s.server', SERVER)).rejects.toMatchObject({
    code: 'k8s.preflight',
    message: expect.stringContaining('address already in use'),
  })
  await must(sh`systemctl stop haproxy`)
})

test('then it comes up by itself, keeps its tokens to root, and starts nothing twice', async () => {
  expect((await perform('k3s.server', SERVER)).changed).toBe(true)
  expect(await perform('k3s.server', SERVER)).toEqual({ changed: false })
  for (const path of [K3S.token, K3S.agentToken, K3S.config, '/etc/rancher/k3s/k3s.yaml'])
    expect(await must(sh`stat -c %a ${path}`), path).toMatch(/^600/)
  expect(await must(sh`cat /var/lib/rancher/k3s/server/token`)).toMatch(
    /^K10[0-9a-f]{64}::server:[0-9a-f]{64}$/,
  )
  const own = await session().run(sh`k3s kubectl get --raw /readyz`)
  expect(own).toMatchObject({ code: 1, err: expect.stringContaining('permission denied') })
})

test('SQLite has no snapshots of etcd', async () => {
  const said = await session().run(sh`k3s etcd-snapshot save`, { sudo: true })
  expect(said).toMatchObject({ code: 1, err: expect.stringContaining('etcd datastore disabled') })
})

test.each<
  [what: string, server: string, token: string, fault: WithoutId<Fault> | null, says: RegExp]
>([
  ['nobody there', 'https://10.2.0.99:6443', 'own', null, /no route to host/],
  ['nothing that listens', 'https://10.2.0.11:7443', 'own', null, /connection refused/],
  ['a name of nobody', 'https://api.nowhere.lan:6443', 'own', null, /lookup .*: no such host/],
  ['another token', 'https://10.2.0.11:6443', 'wrong', null, /401 Unauthorized/],
  [
    'the token of another CA',
    'https://10.2.0.11:6443',
    `K10${'0'.repeat(64)}::node:x`,
    null,
    /does not match/,
  ],
  [
    'a clock of yesterday',
    'https://10.2.0.11:6443',
    'own',
    { kind: 'clock-skew', seconds: -86_400, stubborn: true },
    /x509: certificate has expired or is not yet valid/,
  ],
])('an agent that meets %s says so, and asks again', async (_what, server, token, fault, says) => {
  if (fault) provoke(fault)
  const config = (await session().readFile(K3S.config)) ?? ''
  const own = await must(sh`cat /var/lib/rancher/k3s/server/agent-token`)
  await session().writeFile('/run/token', token === 'own' ? own : token, { mode: '0600' })
  const agent = `server: ${server}\ntoken-file: /run/token\nnode-name: edge-2\n`
  await session().writeFile(K3S.config, agent, { mode: '0600' })
  await session().writeFile(unitPath('k3s-agent'), unitFile('k3s-agent'), { mode: '0644' })
  const journal = await followJournal(session(), 'k3s-agent')
  await must(sh`systemctl restart k3s-agent`)
  const said: string[] = []
  await expect
    .poll(
      async () => {
        said.push(...(await journal.next()))
        return said.filter((line) => says.test(line)).length
      },
      { timeout: 10_000 },
    )
    .toBeGreaterThan(1)
  await must(sh`systemctl stop k3s-agent`)
  await session().writeFile(K3S.config, config, { mode: '0600' })
})

test('a key that k3s does not know is a warning; a file that is no YAML ends it', async () => {
  const config = (await session().readFile(K3S.config)) ?? ''
  const journal = await followJournal(session(), 'k3s')
  await session().writeFile(K3S.config, `${config}nod-name: x\n`, { mode: '0600' })
  await must(sh`systemctl restart k3s`)
  await expect
    .poll(async () => (await journal.next()).join('\n'), { timeout: 10_000 })
    .toContain('Unknown flag --nod-name found in config.yaml, skipping')
  await session().writeFile(K3S.config, 'node-name: [\n', { mode: '0600' })
  await must(sh`systemctl restart k3s`)
  await expect
    .poll(async () => (await journal.next()).join('\n'), { timeout: 10_000 })
    .toMatch(/level=fatal msg="yaml: /)
  expect((await session().run(sh`systemctl is-active k3s`)).out).toBe('activating')
})

test('with its configuration back it goes on with the same cluster; another token does not open it', {
  timeout: 30_000,
}, async () => {
  const before = Object.keys(home.lab.engine.state.kubernetes?.clusters ?? {})
  expect((await perform('k3s.server', SERVER)).changed).toBe(true)
  expect(Object.keys(home.lab.engine.state.kubernetes?.clusters ?? {})).toEqual(before)
  home.secrets.set('t/t1/clusters/edge/k3s-server-token', new Secret('another'))
  await must(sh`systemctl stop k3s`)
  await expect(perform('k3s.server', SERVER)).rejects.toMatchObject({
    code: 'k8s.preflight',
    message: expect.stringContaining('begun with another token'),
  })
})

test.each([
  [`${'a'.repeat(64)}  k3s\n`, 'k3s', 'a'.repeat(64)],
  [
    `${'b'.repeat(64)}  k3s-airgap-images-amd64.tar\n${'a'.repeat(64)}  k3s\n`,
    'k3s',
    'a'.repeat(64),
  ],
  ['<html>sign in to the network</html>', 'k3s', null],
  [`${'a'.repeat(10)}  k3s\n`, 'k3s', null],
])('the sum in %j', (sums, name, sum) => {
  expect(sumOf(sums, name)).toBe(sum)
})
