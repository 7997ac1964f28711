import { afterAll, beforeAll, expect, test } from 'vitest'
import { socks5Dialer } from '@/lib/io/dialer'
import { seedVolume } from '@/lib/plan/seed-volume'
import { openGuestPool } from '@/lib/ssh/guest-session'
import type { GuestSession } from '@/lib/ssh/session'
import { sh } from '@/lib/ssh/shell'
import { guestKey, guestTarget } from './guest-target'
import { type LabSteps, refOf, seedOf, specOf, startLabSteps } from './testing/lab-steps'

const MAC = 'BC:24:11:0A:00:01'
const template = refOf('jammy', 9000, 'templates')
const ref = refOf('node-1', 240)
const guest = {
  connection: 'lab',
  topologyId: 't1',
  vm: 'node-1',
  name: 'node-1',
  address: '10.2.0.11',
  user: 'drawbridge',
}
const pool = openGuestPool()
let home: LabSteps

const session = (): GuestSession => {
  const secrets = { find: async (name: string) => home.secrets.get(name) ?? null }
  const dialer = socks5Dialer(home.lab.connection.socks)
  return pool.session(guestKey(guest), guest.name, () => guestTarget(guest, secrets, dialer))
}

beforeAll(async () => {
  home = await startLabSteps(300)
  await home.perform('image.download', {
    at: template.at,
    storage: 'local',
    file: 'jammy.qcow2',
    url: 'https://cloud-images.example/jammy.img',
    sha256: null,
  })
  await home.perform('template.create', {
    ref: template,
    storage: 'local-lvm',
    image: 'local:import/jammy.qcow2',
    seedStorage: 'local',
    topologyId: 't1',
    seed: { ...seedOf('template-jammy', 'BC:24:11:0A:00:FF'), packages: ['qemu-guest-agent'] },
    bridge: 'vmbr0',
    tag: 20,
  })
  await home.perform('template.bake', { ref: template })
  await home.perform('template.seal', { ref: template, seedStorage: 'local', specHash: 'x' })
  await home.perform('seed.upload', {
    ref,
    topologyId: 't1',
    storage: 'local',
    seed: seedOf('node-1', MAC),
  })
  const from = { templateVmid: 9000, templateNode: 'pve1', storage: 'local-lvm' }
  await home.perform('vm.clone', { ref, ...from })
  const spec = specOf('node-1', MAC)
  await home.perform('vm.configure', { ref, spec, seedVolume: seedVolume('local', ref) })
  await home.perform('vm.disks', { ref, disks: spec.disks })
  await home.perform('vm.start', { ref })
  await home.perform('guest.ready', { guest }, { guest: session() })
  await home.perform('seed.remove', { ref, storage: 'local' })
}, 110_000)
afterAll(async () => {
  pool.close()
  await home.close()
})

test('a guest is reached by the key that was pinned before its first boot, and knows its name', async () => {
  expect(await session().must(sh`hostname`)).toBe('node-1')
  expect(await home.perform('guest.ready', { guest }, { guest: session() })).toEqual({
    changed: false,
  })
})

test('its agent, baked into the template, reports the address of the seed', async () => {
  const interfaces = await home.proxmox.agentInterfaces('pve1', ref.vmid)
  expect(interfaces?.flatMap(({ addresses }) => addresses)).toContain('10.2.0.11')
})

test('a file is written as root and read back', async () => {
  await session().writeFile('/etc/drawbridge/test.conf', 'a: b\n', { mode: '0600' })
  expect(await session().readFile('/etc/drawbridge/test.conf')).toBe('a: b\n')
  expect(await session().readFile('/etc/drawbridge/nothing')).toBeNull()
})

test('a long command runs as a unit and its output is read from its file', async () => {
  const lines: string[] = []
  const { code } = await session().runLong('lab-test', sh`apt-get update`, {
    onLine: (line) => lines.push(line),
  })
  expect(code).toBe(0)
  expect(lines.length).toBeGreaterThan(0)
})

test('a long command that fails says with which code', async () => {
  expect((await session().runLong('lab-fails', sh`test -e ${'/nowhere'}`)).code).toBe(1)
})

test('after a reboot the same session goes on, with the same host key', async () => {
  const before = await session().must(sh`cat /proc/sys/kernel/random/boot_id`)
  await session().reboot({ timeoutMs: 60_000 })
  expect(await session().must(sh`cat /proc/sys/kernel/random/boot_id`)).not.toBe(before)
  expect(await session().must(sh`hostname`)).toBe('node-1')
})
