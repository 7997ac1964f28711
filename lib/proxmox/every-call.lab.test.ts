import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Secret } from '@/lib/base/secret'
import type { LabState } from '@/lib/lab/state'
import { type RunningLab, startLab } from '@/workers/lab/start-lab'
import { connectProxmox } from './client'
import { ProxmoxError } from './errors'
import type { Proxmox } from './proxmox'
import { type CallRow, type CallTarget, callTarget, nothingOf } from './testing/call-target'
import { EVERY_CALL } from './testing/every-call'
import { selfSigned } from './testing/pve-stub'
import { hasRealHost, openRealHost } from './testing/real-host'

const ROWS = Object.entries<CallRow>(EVERY_CALL)
const SECRET = '00000000-0000-4000-8000-00000000c0de'
const wait = () => ({ signal: AbortSignal.timeout(60_000) })

/** `ok`, or the error: what it means and its words. A task is waited for. */
async function outcome(row: CallRow, proxmox: Proxmox, target: CallTarget): Promise<string> {
  try {
    const answer = await row.run(proxmox, target)
    if (row.is === 'task' && typeof answer === 'string') await proxmox.waitForTask(answer, wait())
    return 'ok'
  } catch (error) {
    if (!(error instanceof ProxmoxError)) throw error
    return `${error.meaning}: ${error.message}`
  }
}

/** A second node, a token that may everything and one that may nothing. */
function prepare(state: LabState, release: '8.4' | '9'): void {
  state.release = release
  const first = state.hosts.pve1
  if (!first) throw new Error('the lab has no pve1')
  state.hosts.pve2 = structuredClone({ ...first, node: 'pve2', address: '10.0.0.11' })
  state.access.users['nobody@pve'] = { password: null }
  state.access.tokens['root@pam!all'] = { secret: SECRET, privsep: false }
  state.access.tokens['nobody@pve!none'] = { secret: SECRET, privsep: false }
}

/** A running VM of the lab, whose guest agent answers. */
async function startGuest(lab: RunningLab, proxmox: Proxmox, target: CallTarget): Promise<void> {
  const { node, files, images, guest } = target
  const file = { kind: 'import', name: 'jammy.qcow2', sha256: null } as const
  const url = 'https://cloud-images.example/jammy.img'
  await proxmox.waitForTask(await proxmox.downloadUrl(node, files, { ...file, url }), wait())
  const params = {
    ...{
      name: 'guest',
      memory: 1024,
      agent: '1',
      boot: 'order=scsi0',
      net0: 'virtio,bridge=vmbr0',
    },
    ...{ scsi0: `${images}:0,import-from=${files}:import/jammy.qcow2`, serial0: 'socket' },
  }
  await proxmox.waitForTask(await proxmox.createVm(node, guest, params), wait())
  // Cloud images come without an agent (T1); here it is as if somebody had installed one.
  lab.engine.change(({ state }) => {
    for (const volume of Object.values(state.volumes))
      if (volume.vmid === guest && volume.disk?.os)
        volume.disk.os.packages['qemu-guest-agent'] = '1:8.2.2'
  })
  await proxmox.waitForTask(await proxmox.startVm(node, guest), wait())
  await agentAnswers(proxmox, target)
}

async function agentAnswers(proxmox: Proxmox, { node, guest }: CallTarget): Promise<void> {
  const answers = async () => {
    if (!(await proxmox.agentPing(node, guest))) throw new Error('the guest agent does not answer')
  }
  await vi.waitFor(answers, { timeout: 60_000, interval: 20 })
}

/** HA moves a VM when its manager comes to it; what asks for it does not wait. */
async function isOn(proxmox: Proxmox, node: string, vmid: number): Promise<void> {
  const arrived = async () => {
    if ((await proxmox.findVm(node, vmid)) === null) throw new Error(`${vmid} is not on ${node}`)
  }
  await vi.waitFor(arrived, { timeout: 60_000, interval: 20 })
}

describe.each(['9', '8.4'] as const)('every call at PVE %s, as the lab is', (release) => {
  let lab: RunningLab
  let dataDir: string
  let target: CallTarget
  let all: Proxmox
  let none: Proxmox
  const rows = ROWS.filter(([, { only }]) => only === undefined || only === Number(release[0]))

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'drawbridge-every-call-'))
    lab = await startLab({ dataDir, port: 0, speed: 1000 })
    lab.engine.change(({ state }) => prepare(state, release))
    const { url, fingerprint } = lab.connection
    const as = (id: string) =>
      connectProxmox({ url, fingerprint, auth: { kind: 'token', id, secret: new Secret(SECRET) } })
    all = as('root@pam!all')
    none = as('nobody@pve!none')
    const { certificate, key } = await selfSigned()
    target = callTarget({
      ...{ node: 'pve1', other: 'pve2', certificate: { chainPem: certificate, keyPem: key } },
    })
    await startGuest(lab, all, target)
  })
  afterAll(async () => {
    await all.close()
    await none.close()
    await lab.close()
    await rm(dataDir, { recursive: true, force: true })
  })

  test('what is not there is said to be that, and nothing worse', async () => {
    const wrong: Record<string, string> = {}
    for (const [name, row] of rows) {
      const { absent = 'proxmox.not-found' } = row
      if (absent === 'none') continue
      const got = await outcome(row, all, nothingOf(target))
      if (!got.startsWith(absent === 'answers' ? 'ok' : absent)) wrong[name] = got
    }
    expect(wrong).toEqual({})
  })

  test('refused to whoever may nothing, waiting for locks, and then done', async () => {
    const wrong: Record<string, string> = {}
    for (const [name, row] of rows) {
      const expecting = async (what: string, proxmox: Proxmox, wanted: string) => {
        const got = await outcome(row, proxmox, target)
        if (!got.startsWith(wanted)) wrong[`${name} ${what}`] = got
      }
      const answers = row.forbidden === 'answers' || (row.unknownIn8 && release === '8.4')
      const refused = answers ? 'ok' : 'proxmox.permission'
      if (row.is === 'read' || refused !== 'ok') await expecting('forbidden', none, refused)
      if (row.locks) {
        const fault = { id: 'held', kind: 'config-locked', vmid: target.vm } as const
        lab.engine.change(({ state }) => void state.faults.push(fault))
        await expecting('locked', all, 'proxmox.locked')
        lab.engine.change(({ state }) => {
          state.faults = []
        })
      }
      await expecting('success', all, 'ok')
      if (name === 'rebootVm') await agentAnswers(all, target)
      if (name === 'ha.migrate') await isOn(all, target.other, target.vm)
      if (name === 'ha.relocate') await isOn(all, target.node, target.vm)
    }
    expect(wrong).toEqual({})
  })
})

/** What changes the host itself, and is made on one alone that nobody needs. */
const OF_THE_HOST = /^(network|certificates|sdn|updates\.refresh|cluster\.setOptions)/

if (hasRealHost)
  describe('every call at a real host', () => {
    const { proxmox, node, images, files, vmid, guest, spare } = openRealHost()
    afterAll(() => proxmox.close())
    test('what is not there is said to be that, and what is made succeeds', async () => {
      const { certificate, key } = await selfSigned()
      const target = callTarget({
        ...{ node, images, files, vm: vmid + 10, second: vmid + 11, template: vmid + 12 },
        ...{ clone: vmid + 13, restored: vmid + 14, free: vmid + 19, guest: guest ?? vmid + 15 },
        certificate: { chainPem: certificate, keyPem: key },
      })
      const taken = new Set((await proxmox.cluster.resources('vm')).map((guest) => guest.vmid))
      for (let free = vmid + 10; free < vmid + 20; free++) expect(taken).not.toContain(free)
      const { major } = await proxmox.version()
      const wrong: Record<string, string> = {}
      for (const [name, row] of ROWS) {
        const { only, absent = 'proxmox.not-found' } = row
        if (only !== undefined && only !== Math.min(major, 9)) continue
        if (!spare && OF_THE_HOST.test(name)) continue
        // With one node alone there is nowhere to go.
        if (name === 'migrateVm') continue
        if (guest === null && (name.startsWith('agent') || name === 'rebootVm')) continue
        if (absent !== 'none') {
          const got = await outcome(row, proxmox, nothingOf(target))
          if (!got.startsWith(absent === 'answers' ? 'ok' : absent)) wrong[`${name} absent`] = got
        }
        const got = await outcome(row, proxmox, target)
        if (got !== 'ok') wrong[name] = got
      }
      expect(wrong).toEqual({})
    })
  })
