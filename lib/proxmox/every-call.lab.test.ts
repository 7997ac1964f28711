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

/** Where the lab is not as PVE yet, by call and case; each goes when it is. */
const LAB_LACKS: Record<string, readonly string[]> = {
  'no such call': [
    ...['backups.configOf', 'backups.planPrune', 'backups.prune', 'backups.update'],
    ...['ha.migrate', 'ha.relocate', 'sdn.lock', 'sdn.unlock', 'sdn.rollback'],
  ],
  "a rule's type is taken for a resource's": ['ha.createRule', 'ha.updateRule', 'ha.removeRule'],
  'everybody may': [
    ...['backupJobs.notBackedUp forbidden', 'revertPending forbidden'],
    // Answered before anybody is asked for rights: 8 has no such path.
    ...['ha.placement forbidden'],
  ],
  'refused where PVE shows it to everybody': ['firewall.groups forbidden'],
  'no lock is waited for': ['cloudInit.regenerate locked'],
}
const lacking = new Set(Object.values(LAB_LACKS).flat())
const lacks = (name: string, what: string) => lacking.has(name) || lacking.has(`${name} ${what}`)

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
      if (absent === 'none' || lacks(name, 'absent')) continue
      const got = await outcome(row, all, nothingOf(target))
      if (!got.startsWith(absent === 'answers' ? 'ok' : absent)) wrong[name] = got
    }
    expect(wrong).toEqual({})
  })

  test('refused to whoever may nothing, waiting for locks, and then done', async () => {
    const wrong: Record<string, string> = {}
    for (const [name, row] of rows) {
      const expecting = async (what: string, proxmox: Proxmox, wanted: string) => {
        if (lacks(name, what)) return
        const got = await outcome(row, proxmox, target)
        if (!got.startsWith(wanted)) wrong[`${name} ${what}`] = got
      }
      const refused = row.forbidden === 'answers' ? 'ok' : 'proxmox.permission'
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
    }
    expect(wrong).toEqual({})
  })
})
