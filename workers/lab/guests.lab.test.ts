import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeIso } from '@/lib/steps/seed/iso'
import { type RunningLab, startLab } from './start-lab'
import { labClient, sshTo, until } from './testing/lab-client'

let dataDir: string
let lab: RunningLab
let pve: ReturnType<typeof labClient>
const userKey = ssh2.utils.generateKeyPairSync('ed25519')
const hostKey = ssh2.utils.generateKeyPairSync('ed25519')
const stranger = ssh2.utils.generateKeyPairSync('ed25519')

const MAC = 'BC:24:11:00:00:11'
const ADDRESS = '10.2.0.11'

const userData = (extra: string) => `#cloud-config
hostname: node-1
users:
  - name: drawbridge
    sudo: ALL=(ALL) NOPASSWD:ALL
    ssh_authorized_keys: ['${userKey.public}']
${extra}`

const NETWORK = `version: 2
ethernets:
  nic0:
    match: {macaddress: '${MAC.toLowerCase()}'}
    set-name: eth0
    addresses: [${ADDRESS}/24]
    routes: [{to: default, via: 10.2.0.1}]
    nameservers: {addresses: [10.0.0.1]}
`

/** A seed image as the panel writes it. */
const makeSeed = (instanceId: string, user: string): Uint8Array =>
  writeIso(
    'cidata',
    Object.entries({
      'meta-data': `instance-id: ${instanceId}\nlocal-hostname: node-1\n`,
      'user-data': user,
      'network-config': NETWORK,
    }).map(([name, text]) => ({ name, content: new TextEncoder().encode(text) })),
  )

const HOST_KEYS = `ssh_keys:
  ed25519_private: |
${hostKey.private.trim().replace(/^/gm, '    ')}
  ed25519_public: ${hostKey.public}
`

const config = async (vmid: number) =>
  (await pve.call('GET', `/nodes/pve1/qemu/${vmid}/config`)).data as Record<string, string>

const phase = (vmid: number) => lab.engine.state.vms[vmid]?.guest?.phase

async function run(method: string, path: string, params?: Record<string, string>) {
  const answer = await pve.call(method, path, params)
  expect(answer.text).toContain('UPID')
  return pve.task(answer)
}

/** A VM from the template, with a data disk and a seed. */
async function makeVm(vmid: number, seed: string): Promise<void> {
  await run('POST', '/nodes/pve1/qemu/900/clone', {
    newid: String(vmid),
    name: 'node-1',
    full: '1',
  })
  await pve.call('PUT', `/nodes/pve1/qemu/${vmid}/config`, {
    net0: `virtio=${MAC},bridge=vmbr0,tag=20`,
    ide2: `local:iso/${seed},media=cdrom`,
    scsi1: 'local-lvm:100,serial=data-1',
  })
  await run('PUT', `/nodes/pve1/qemu/${vmid}/resize`, { disk: 'scsi0', size: '20G' })
}

const signIn = () =>
  sshTo(lab.connection, ADDRESS, { user: 'drawbridge', privateKey: userKey.private })

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'lab-'))
  lab = await startLab({ dataDir, port: 0, speed: 200 })
  pve = labClient(lab)
})

afterAll(async () => {
  await pve.close()
  await lab.close()
  rmSync(dataDir, { recursive: true })
})

test('a builder installs, cleans up after itself and switches itself off', async () => {
  await run('POST', '/nodes/pve1/storage/local/download-url', {
    content: 'import',
    filename: 'jammy.qcow2',
    url: 'https://cloud-images.ubuntu.com/jammy/current/jammy-server-cloudimg-amd64.img',
    checksum: 'a'.repeat(64),
    'checksum-algorithm': 'sha256',
  })
  const builder = userData(`packages: [qemu-guest-agent]
runcmd:
  - [truncate, -s, '0', /etc/machine-id]
  - [sh, -c, 'rm -f /etc/ssh/ssh_host_*']
  - [cloud-init, clean, --logs]
power_state: {mode: poweroff, condition: [dpkg, -s, qemu-guest-agent]}
`)
  await pve.task(await pve.upload('builder.iso', makeSeed('builder-1', builder)))
  const made = await run('POST', '/nodes/pve1/qemu', {
    vmid: '900',
    name: 'template',
    memory: '2048',
    agent: '1',
    scsihw: 'virtio-scsi-single',
    serial0: 'socket',
    scsi0: 'local-lvm:0,import-from=local:import/jammy.qcow2',
    ide2: 'local:iso/builder.iso,media=cdrom',
    net0: `virtio=${MAC},bridge=vmbr0,tag=20`,
  })
  expect(made.exit).toBe('OK')
  await run('POST', '/nodes/pve1/qemu/900/status/start')
  await until(() => lab.engine.state.vms[900]?.running === false)

  await pve.call('PUT', '/nodes/pve1/qemu/900/config', { ide2: 'none,media=cdrom' })
  expect((await run('POST', '/nodes/pve1/qemu/900/template')).exit).toBe('OK')
  expect((await config(900)).scsi0).toContain('base-900-disk-0')
})

test('first boot takes host key, users, address and files from the seed', async () => {
  const seed = userData(`${HOST_KEYS}write_files:
  - {path: /etc/motd, content: hello, permissions: '0600'}
`)
  await pve.task(await pve.upload('node-1.iso', makeSeed('node-1-life-1', seed)))
  await makeVm(111, 'node-1.iso')
  await run('POST', '/nodes/pve1/qemu/111/status/start')
  await until(() => phase(111) === 'up')

  let shown: Buffer = Buffer.alloc(0)
  const ssh = await sshTo(lab.connection, ADDRESS, {
    user: 'drawbridge',
    privateKey: userKey.private,
    onHostKey: (key) => {
      shown = key
    },
  })
  const pinned = ssh2.utils.parseKey(hostKey.public)
  expect(
    pinned instanceof Error ? null : (pinned as ssh2.ParsedKey).getPublicSSH().equals(shown),
  ).toBe(true)
  expect(await ssh.exec('hostname')).toEqual({ code: 0, out: 'node-1\n', err: '' })
  expect((await ssh.exec('cat /etc/motd')).err).toContain('Permission denied')
  expect((await ssh.exec('sudo -n cat /etc/motd')).out).toBe('hello')
  expect((await ssh.exec('cloud-init status --wait')).out).toContain('status: done')
  expect((await ssh.exec('ip route show default')).out).toContain('via 10.2.0.1')
  expect((await ssh.exec('nonsense')).code).toBe(127)
  ssh.end()
})

test('the agent answers because it was baked', async () => {
  const answer = await pve.call('GET', '/nodes/pve1/qemu/111/agent/network-get-interfaces')
  expect(answer.text).toContain(ADDRESS)
})

test('a key that the seed did not name is refused', async () => {
  await expect(
    sshTo(lab.connection, ADDRESS, { user: 'drawbridge', privateKey: stranger.private }),
  ).rejects.toThrow(/authentication/)
  await expect(
    sshTo(lab.connection, ADDRESS, { user: 'root', privateKey: userKey.private }),
  ).rejects.toThrow(/authentication/)
})

test('an address that nobody has is unreachable, a closed port refused', async () => {
  await expect(
    sshTo(lab.connection, '10.2.0.99', { user: 'a', privateKey: userKey.private }),
  ).rejects.toThrow(/HostUnreachable/)
})

test('files travel by SFTP and by standard input, and move with the rights of their owner', async () => {
  const ssh = await signIn()
  await new Promise<void>((resolve, reject) => {
    ssh.client.sftp((error, sftp) => {
      if (error) return reject(error)
      sftp.writeFile('/tmp/incoming', 'by sftp\n', { mode: 0o600 }, (failure) =>
        failure ? reject(failure) : resolve(),
      )
    })
  })
  const moved = await ssh.exec(
    'sudo -n install -D -m 0640 -o root -g root /tmp/incoming /etc/app/config && stat -c %a /etc/app/config',
  )
  expect(moved).toEqual({ code: 0, out: '640\n', err: '' })
  expect((await ssh.exec('sudo -n tee /etc/app/other', 'by stdin\n')).out).toBe('by stdin\n')
  expect((await ssh.exec("sudo -n sh -c 'cat /etc/app/config /etc/app/other'")).out).toBe(
    'by sftp\nby stdin\n',
  )
  expect((await ssh.exec('tee /etc/app/denied', 'x')).err).toContain('Permission denied')
  ssh.end()
})

test('a long command runs on when its connection is gone, and its output can be read from an offset', async () => {
  const first = await signIn()
  const started = await first.exec(
    "sudo -n systemd-run --unit=drawbridge-long --property=RemainAfterExit=yes --property=StandardOutput=append:/var/log/long.log sh -c 'echo one; sleep 20; echo two'",
  )
  expect(started.code).toBe(0)
  first.end()
  const second = await signIn()
  const show = 'systemctl show -p ActiveState -p SubState -p ExecMainStatus drawbridge-long.service'
  await until(async () => (await second.exec(show)).out.includes('SubState=exited'))
  expect((await second.exec(show)).out).toBe(
    'ActiveState=active\nSubState=exited\nExecMainStatus=0\n',
  )
  expect((await second.exec('sudo -n tail -c +5 /var/log/long.log')).out).toBe('two\n')
  second.end()
})

test('a data disk keeps its file system through another VM', async () => {
  const ssh = await signIn()
  const list = await ssh.exec('lsblk --json --nodeps --output PATH,SERIAL,FSTYPE,UUID')
  const disk = (
    JSON.parse(list.out) as {
      blockdevices: { path: string; serial: string; fstype: string | null }[]
    }
  ).blockdevices.find((device) => device.serial === 'data-1')
  expect(disk?.fstype).toBeNull()
  expect(
    (
      await ssh.exec(
        `sudo -n sh -c 'mkfs.ext4 -q ${disk?.path} && mkdir -p /srv/data && mount ${disk?.path} /srv/data && echo kept > /srv/data/file'`,
      )
    ).code,
  ).toBe(0)
  const uuid = (
    await ssh.exec('findmnt --noheadings --output UUID --mountpoint /srv/data')
  ).out.trim()
  expect(uuid).toMatch(/^[0-9a-f-]{36}$/)
  ssh.end()

  await run('POST', '/nodes/pve1/qemu/111/status/shutdown')
  await run('POST', '/nodes/pve1/qemu', { vmid: '999', name: 'holder' })
  const moved = await run('POST', '/nodes/pve1/qemu/111/move_disk', {
    disk: 'scsi1',
    'target-vmid': '999',
    'target-disk': 'scsi0',
  })
  expect(moved.exit).toBe('OK')
  expect((await config(999)).scsi0).toBe('local-lvm:vm-999-disk-0,serial=data-1,size=100G')
  await run('POST', '/nodes/pve1/qemu/999/move_disk', {
    disk: 'scsi0',
    'target-vmid': '111',
    'target-disk': 'scsi1',
  })
  await run('POST', '/nodes/pve1/qemu/111/status/start')
  await until(() => phase(111) === 'up')
  const again = await signIn()
  expect(
    (await again.exec(`sudo -n sh -c 'mount UUID=${uuid} /srv/data && cat /srv/data/file'`)).out,
  ).toBe('kept\n')
  again.end()
})

test('a reboot from inside drops the connection and gives another boot id', async () => {
  const before = await signIn()
  const { out: bootId } = await before.exec('cat /proc/sys/kernel/random/boot_id')
  const gone = new Promise<void>((resolve) => before.client.once('close', () => resolve()))
  await before.exec('sudo -n systemctl reboot')
  await gone
  await until(() => phase(111) === 'up')
  const after = await signIn()
  expect((await after.exec('cat /proc/sys/kernel/random/boot_id')).out).not.toBe(bootId)
  after.end()
})

test('without a serial port a resized cloud image panics', async () => {
  await run('POST', '/nodes/pve1/qemu/900/clone', { newid: '112', name: 'panics', full: '1' })
  await pve.call('PUT', '/nodes/pve1/qemu/112/config', { delete: 'serial0' })
  await run('PUT', '/nodes/pve1/qemu/112/resize', { disk: 'scsi0', size: '20G' })
  await run('POST', '/nodes/pve1/qemu/112/status/start')
  await until(() => phase(112) === 'panic')
  const shutdown = await run('POST', '/nodes/pve1/qemu/112/status/shutdown', { timeout: '5' })
  expect(shutdown.exit).toBe('VM quit/powerdown failed - got timeout')
})

test('a restarted lab goes on where it was', async () => {
  const digest = (await config(111)).digest
  const clone = await pve.call('POST', '/nodes/pve1/qemu/900/clone', {
    newid: '113',
    name: 'later',
    full: '1',
  })
  await lab.close()
  await pve.close()
  lab = await startLab({ dataDir, port: 0, speed: 200 })
  pve = labClient(lab)
  expect((await pve.task(clone)).exit).toBe('OK')
  expect((await config(111)).digest).toBe(digest)
  const ssh = await signIn()
  expect((await ssh.exec('hostname')).out).toBe('node-1\n')
  ssh.end()
})
