import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { socks5Dialer } from '@/lib/io/dialer'
import type { Fault } from '@/lib/lab/faults'
import { CONTAINERD_PATH } from '@/lib/plan/files/containerd'
import { EXPORTS_PATH } from '@/lib/plan/files/exports'
import { HAPROXY_PATH } from '@/lib/plan/files/haproxy'
import { seedVolume } from '@/lib/plan/seed-volume'
import type { StepArgs, StepKind } from '@/lib/plan/step'
import { openGuestPool } from '@/lib/ssh/guest-session'
import type { GuestSession } from '@/lib/ssh/session'
import { sh } from '@/lib/ssh/shell'
import { guestKey, guestTarget } from './guest-target'
import { dataDisk, type LabSteps, refOf, seedOf, specOf, startLabSteps } from './testing/lab-steps'

/** What happens inside machines, on one guest of the lab that plays every part in turn. */
const MAC = 'BC:24:11:0B:00:01'
const template = refOf('jammy', 9000, 'templates')
const ref = refOf('node-1', 241)
const guest = {
  ...{ connection: 'lab', topologyId: 't1', vm: 'node-1', name: 'node-1' },
  ...{ address: '10.2.0.11', user: 'drawbridge' },
}
const [EXPORT, FOREIGN] = ['dbexport', 'dbforeign']
const pool = openGuestPool()
let home: LabSteps

const session = (): GuestSession => {
  const secrets = { find: async (name: string) => home.secrets.get(name) ?? null }
  const dialer = socks5Dialer(home.lab.connection.socks)
  return pool.session(guestKey(guest), guest.name, () => guestTarget(guest, secrets, dialer))
}
const perform = <K extends StepKind>(kind: K, args: StepArgs[K], notes?: Map<string, string>) =>
  home.perform(kind, args, { guest: session(), ...(notes ? { notes } : {}) })

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
    seed: { ...seedOf('template-jammy', 'BC:24:11:0B:00:FF'), packages: ['qemu-guest-agent'] },
  })
  await home.perform('template.bake', { ref: template })
  await home.perform('template.seal', { ref: template, seedStorage: 'local', specHash: 'x' })
  const seed = { ref, topologyId: 't1', storage: 'local', seed: seedOf('node-1', MAC) }
  await home.perform('seed.upload', seed)
  const from = { templateVmid: 9000, templateNode: 'pve1', storage: 'local-lvm' }
  await home.perform('vm.clone', { ref, ...from })
  const spec = specOf('node-1', MAC)
  const disks = [...spec.disks, dataDisk('scsi1', EXPORT, 64), dataDisk('scsi2', FOREIGN, 8)]
  await home.perform('vm.configure', { ref, spec, seedVolume: seedVolume('local', ref) })
  await home.perform('vm.disks', { ref, disks })
  await home.perform('vm.start', { ref })
  await perform('guest.ready', { guest })
}, 110_000)
beforeEach(() => {
  provoke()
  home.lines.length = 0
})
afterAll(async () => {
  pool.close()
  await home.close()
})

const BACKENDS = [
  { name: 'm1', address: '10.2.0.21' },
  { name: 'm2', address: '10.2.0.22' },
]
const STEPS: { [K in StepKind]?: StepArgs[K] } = {
  'guest.reach': { guest, gateway: '10.2.0.1', ntp: [] },
  'guest.kernel': { guest },
  'guest.containerd': { guest, sandboxImage: 'registry.k8s.io/pause:3.9' },
  'guest.kube-packages': { guest, version: '1.29.14' },
  'guest.haproxy': { guest, port: 6443, backends: BACKENDS },
  'guest.nfs': { guest, serial: EXPORT, mount: '/srv/nfs', clients: ['10.2.0.0/24'] },
}

test.each(Object.keys(STEPS) as (keyof typeof STEPS)[])(
  '%s is done once and then holds',
  async (kind) => {
    const args = STEPS[kind] as StepArgs[typeof kind]
    await perform(kind, args)
    expect(await perform(kind, args)).toEqual({ changed: false })
  },
)

test('what the steps wrote can be read again, and their services run', async () => {
  expect(await session().readFile(CONTAINERD_PATH)).toContain('version = 3')
  expect(await session().readFile(HAPROXY_PATH)).toContain('server m2 10.2.0.22:6443')
  expect(await session().readFile(EXPORTS_PATH)).toMatch(/^\/srv\/nfs\s+10\.2\.0\.0\/24\(/m)
  const services = ['containerd', 'haproxy', 'nfs-server', 'iscsid']
  const states = await session().run(sh`systemctl is-active ${services}`)
  expect(states.out).toBe(services.map(() => 'active').join('\n'))
  expect(await session().must(sh`apt-mark showhold`)).toBe('kubeadm\nkubectl\nkubelet')
  expect(await session().must(sh`kubeadm version -o short`)).toBe('v1.29.14')
})

test('all of it is there after a reboot, the export mounted first', async () => {
  await session().reboot({ timeoutMs: 60_000 })
  for (const [kind, args] of Object.entries(STEPS))
    expect([kind, await perform(kind as StepKind, args as never)]).toEqual([
      kind,
      { changed: false },
    ])
})

test('a changed backend is written and reloaded; a configuration that HAProxy refuses is not', async () => {
  const backends = [...BACKENDS, { name: 'm3', address: '10.2.0.23' }]
  expect(await perform('guest.haproxy', { guest, port: 6443, backends })).toEqual({ changed: true })
  provoke({ kind: 'command-fails', command: 'haproxy -c', message: '[ALERT] unknown keyword' })
  await expect(perform('guest.haproxy', { guest, port: 7443, backends })).rejects.toMatchObject({
    code: 'guest.config-invalid',
    message: expect.stringContaining('[ALERT] unknown keyword'),
  })
  expect(await session().readFile(HAPROXY_PATH)).toContain(':6443')
  expect(await session().readFile(`${HAPROXY_PATH}.drawbridge`)).toBeNull()
})

test('a disk that carries something else is never formatted', async () => {
  await session().must(sh`mkfs.xfs /dev/sdc`, { sudo: true })
  const args = { guest, serial: FOREIGN, mount: '/var/lib/longhorn' }
  await expect(perform('guest.data-disk', args)).rejects.toMatchObject({
    code: 'guest.disk-foreign',
    message: expect.stringContaining('Nothing was changed on it'),
  })
  expect(await session().must(sh`blkid -s TYPE -o value /dev/sdc`, { sudo: true })).toBe('xfs')
})

test('a disk that is not there is said in words', async () => {
  const args = { guest, serial: 'nowhere', mount: '/mnt/x' }
  await expect(perform('guest.data-disk', args)).rejects.toMatchObject({
    code: 'guest.disk-missing',
  })
})

test('a locked package manager is waited for, both locks of it', async () => {
  await session().must(sh`apt-get remove -y haproxy`, { sudo: true })
  provoke({ kind: 'apt-locked', seconds: 200 })
  const args = { guest, port: 6443, backends: BACKENDS }
  expect(await perform('guest.haproxy', args)).toEqual({ changed: true })
  expect(home.lines).toContain('Another package manager is at work; waiting for it.')
})

test('a clock that is off is set; one that stays off stops the step with a sentence', async () => {
  const args = { guest, gateway: '10.2.0.1', ntp: ['0.pool.ntp.org'] }
  provoke({ kind: 'clock-skew', seconds: -3600 })
  expect(await perform('guest.reach', args)).toEqual({ changed: true })
  expect(home.lines.join()).toContain('The clock of node-1 is off')
})

test('a machine whose package server does not answer fails with what to check', async () => {
  await session().must(sh`apt-get remove -y haproxy`, { sudo: true })
  provoke({
    ...{ kind: 'command-fails', command: 'apt-get update', code: 100 },
    message: "E: Failed to fetch http://x Temporary failure resolving 'archive.ubuntu.com'",
  })
  const args = { guest, port: 6443, backends: BACKENDS }
  const failure = await perform('guest.haproxy', args).catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'guest.apt-unreachable', transient: true })
  expect(String(failure)).toContain("Check the network's gateway and DNS.")
})

test('a preflight that fails names the fault; nothing is left of the configuration with its token', async () => {
  await session().must(sh`systemctl stop containerd`, { sudo: true })
  const cluster = {
    ...{ topologyId: 't1', cluster: 'c1', name: 'c1', connection: 'lab', version: '1.29.14' },
    endpoint: { name: '10.2.0.11', address: '10.2.0.11', port: 6443 },
    ...{ podCidr: '10.244.0.0/16', serviceCidr: '10.96.0.0/12', cniMode: 'ebpf' as const },
    firstControlPlane: guest,
  }
  const args = { cluster, guest, certSans: [] }
  await expect(perform('k8s.init', args)).rejects.toMatchObject({
    code: 'k8s.preflight',
    message: expect.stringContaining('look at containerd on this machine'),
  })
  const left = await session().must(sh`ls /etc/kubernetes`, { sudo: true })
  expect(left).not.toContain('kubeadm')
})
