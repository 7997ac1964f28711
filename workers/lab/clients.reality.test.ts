import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type RunningLab, startLab } from './start-lab'
import { labClient, until } from './testing/lab-client'

const run = promisify(execFile)
const FOLDER = process.env.REALITY_CLIENTS ?? ''
const SECRET = '00000000-0000-4000-8000-00000000c0de'
const WALKS = join(import.meta.dirname, 'testing', 'clients')
/** What pvestatd last told of is shown for so long, in the lab's time. */
const TELLS_EVERY_MS = 10_000

/** The sample of `npm test` takes the newer one. */
const RELEASES = process.env.REALITY_SAMPLE ? (['9'] as const) : (['9', '8.4'] as const)

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-clients-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function openLab(dataDir: string, speed: number, release: '8.4' | '9' = '9') {
  const lab = await startLab({ dataDir, port: 0, speed, shape: { release } })
  lab.engine.change(({ state }) => {
    state.access.tokens['root@pam!all'] = { secret: SECRET, privsep: false }
  })
  const tokens = { tokenId: 'root@pam!all', tokenSecret: SECRET }
  const client = labClient({ ...lab, connection: { ...lab.connection, ...tokens } })
  const close = async () => {
    await client.close()
    await lab.close()
  }
  return { lab, client, close }
}

type Client = ReturnType<typeof labClient>

async function done(
  client: Client,
  method: string,
  path: string,
  params: Record<string, string> = {},
) {
  const answer = await client.call(method, `/nodes/pve1${path}`, params)
  expect(answer).toMatchObject({ status: 200 })
  if (typeof answer.data === 'string') expect((await client.task(answer)).exit).toBe('OK')
}

/** Template 9000 with a cloud image into which somebody has put the guest agent (T1: none has it). */
async function makeTemplate({ engine }: RunningLab, client: Client): Promise<void> {
  const url = 'https://cloud-images.example/jammy.img'
  const file = { url, content: 'import', filename: 'jammy.qcow2' }
  await done(client, 'POST', '/storage/local/download-url', file)
  await done(client, 'POST', '/qemu', {
    ...{ vmid: '9000', name: 'cloud', memory: '1024', agent: '1', boot: 'order=scsi0' },
    ...{ net0: 'virtio,bridge=vmbr0', serial0: 'socket', scsihw: 'virtio-scsi-single' },
    scsi0: 'local-lvm:0,import-from=local:import/jammy.qcow2',
  })
  engine.change(({ state }) => {
    for (const volume of Object.values(state.volumes))
      if (volume.vmid === 9000 && volume.disk?.os)
        volume.disk.os.packages['qemu-guest-agent'] = '1:8.2.2'
  })
  await done(client, 'POST', '/qemu/9000/template')
}

const portOf = ({ connection }: RunningLab) => new URL(connection.url).port
const passwordOf = ({ engine }: RunningLab) => engine.state.access.users['root@pam']?.password ?? ''

/** Debian's Python with nothing but the clients and what they need. */
async function python(args: string[], input = ''): Promise<string> {
  const home = temporaryFolder()
  const modules = join(FOLDER, 'usr', 'lib', 'python3', 'dist-packages')
  const env = {
    ...{ PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: home, LC_ALL: 'C.UTF-8' },
    ...{ PYTHONPATH: modules, ANSIBLE_COLLECTIONS_PATH: modules, PYTHONWARNINGS: 'ignore' },
    ...{ ANSIBLE_LOCALHOST_WARNING: 'false', NODE_ENV: 'test' as const },
  }
  const running = run('/usr/bin/python3', args, { env, timeout: 170_000, encoding: 'utf8' })
  running.child.stdin?.end(input)
  const { stdout } = await running.catch((error: { stdout?: string; stderr?: string }) => {
    throw new Error(`${error.stdout ?? ''}\n${error.stderr ?? String(error)}`)
  })
  return stdout
}

const play = (lab: RunningLab, name: string) =>
  python([
    join(FOLDER, 'usr', 'bin', 'ansible-playbook'),
    ...['-i', 'localhost,', join(WALKS, name), '-e'],
    JSON.stringify({
      ...{ at: `127.0.0.1:${portOf(lab)}`, password: passwordOf(lab) },
      ansible_python_interpreter: '/usr/bin/python3',
    }),
  ])

describe.each(RELEASES)('the lab as PVE %s', (release) => {
  test('python3-proxmoxer clones, configures, starts, asks the agent, snapshots and deletes', async () => {
    const { lab, client, close } = await openLab(temporaryFolder(), 100, release)
    onTestFinished(close)
    await makeTemplate(lab, client)
    const args = [join(WALKS, 'proxmoxer-walk.py'), portOf(lab), SECRET]
    const walk = ['clone', 'configure', 'start', 'agent Linux', 'snapshot', 'delete']
    const said = await python(args, passwordOf(lab))
    expect(said.trim().split('\n')).toEqual([...walk, ...walk])
  })

  test('Ansible clones, configures, starts, snapshots and deletes', async () => {
    const { lab, client, close } = await openLab(temporaryFolder(), 100, release)
    onTestFinished(close)
    await makeTemplate(lab, client)
    expect(await play(lab, 'ansible-walk.yml')).toMatch(/unreachable=0 +failed=0/)
    expect(Object.keys(lab.engine.state.vms)).not.toContain('252')
  })
})

test("Ansible that deletes a VM which has just started gets the real daemon's refusal", async () => {
  const dataDir = temporaryFolder()
  const first = await openLab(dataDir, 4)
  await done(first.client, 'POST', '/qemu', { vmid: '252', name: 'ans1', memory: '512' })
  await until(() => first.lab.engine.now().at % TELLS_EVERY_MS < TELLS_EVERY_MS / 4)
  await done(first.client, 'POST', '/qemu/252/status/start')
  await first.close()
  // The same lab again, in which the next report of pvestatd is minutes away.
  const { lab, close } = await openLab(dataDir, 0.01)
  onTestFinished(close)
  expect(await play(lab, 'ansible-delete-running.yml')).toMatch(/unreachable=0 +failed=0/)
  expect(lab.engine.state.vms[252]).toMatchObject({ running: true })
})
