import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Secret } from '@/lib/base/secret'
import { type RunningLab, startLab } from '@/workers/lab/start-lab'
import { Admission } from './admission'
import { admitted } from './admitted'
import { applySdn } from './apply-sdn'
import { changeHostNetwork } from './change-host-network'
import { connectProxmox } from './client'
import { acceptRules, enableFirewall } from './enable-firewall'
import type { Proxmox } from './proxmox'

const SECRET = '00000000-0000-4000-8000-00000000c0de'
const wait = () => ({ signal: AbortSignal.timeout(60_000) })

let lab: RunningLab
let dataDir: string
let proxmox: Proxmox
const open = (limits = {}) => {
  const { url, fingerprint } = lab.connection
  const auth = { kind: 'token', id: 'root@pam!all', secret: new Secret(SECRET) } as const
  return connectProxmox({ url, fingerprint, auth, limits })
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'drawbridge-procedures-'))
  lab = await startLab({ dataDir, port: 0, speed: 1000 })
  lab.engine.change(({ state }) => {
    state.access.tokens['root@pam!all'] = { secret: SECRET, privsep: false }
  })
  proxmox = open()
})
afterAll(async () => {
  await proxmox.close()
  await lab.close()
  await rm(dataDir, { recursive: true, force: true })
})

test('two jobs clone onto one thin pool at once, and no clone ever fails for a lock', async () => {
  const made = await proxmox.createVm('pve1', 9000, { name: 't', scsi0: 'local-lvm:1' })
  await proxmox.waitForTask(made, wait())
  await proxmox.makeTemplate('pve1', 9000)
  const admission = new Admission()
  const cloning = [0, 1, 2, 3, 4, 5].map(async (i) => {
    const job = admitted(proxmox, admission)
    const upid = await job.cloneVm('pve1', {
      ...{
        templateVmid: 9000,
        vmid: 300 + i,
        name: `c${i}`,
        description: 'd',
        storage: 'local-lvm',
      },
    })
    await job.waitForTask(upid, wait())
  })
  await Promise.all(cloning)
  const clones = lab.engine.state.tasks.filter(({ type }) => type === 'qmclone')
  expect(clones.map(({ exit }) => exit)).toEqual(Array(6).fill('OK'))
  expect(admission.waiting).toBe(0)
})

test('a bridge is added to the host; what carries its address is never touched', async () => {
  const change = {
    ...{ node: 'pve1', managementAddresses: ['10.0.0.10'], wait: wait() },
    changes: [
      { do: 'create', name: 'vmbr7', type: 'bridge', params: { autostart: true } },
    ] as const,
  }
  await changeHostNetwork(proxmox, change)
  expect(await proxmox.bridges('pve1')).toContain('vmbr7')
  const wrong = [{ do: 'remove', name: 'vmbr0' }] as const
  await expect(changeHostNetwork(proxmox, { ...change, changes: wrong })).rejects.toMatchObject({
    code: 'proxmox.management-interface',
  })
  await proxmox.network.create('pve1', 'vmbr8', 'bridge', { autostart: true })
  const more = [{ do: 'remove', name: 'vmbr7' }] as const
  await expect(changeHostNetwork(proxmox, { ...change, changes: more })).rejects.toMatchObject({
    code: 'proxmox.foreign-changes',
  })
  expect((await proxmox.network.read('pve1')).staged).not.toBeNull()
  await proxmox.network.revert('pve1')
  await changeHostNetwork(proxmox, { ...change, changes: more })
  expect(await proxmox.bridges('pve1')).not.toContain('vmbr7')
})

test('an SDN zone is applied on every node, and not along with what others staged', async () => {
  await proxmox.sdn.createZone('ours', 'simple', { ipam: 'pve' })
  await proxmox.sdn.createVnet('ourvnet', 'ours')
  const asked = { ours: new Set(['ours', 'ourvnet']), wait: wait() }
  await applySdn(proxmox, asked)
  expect((await proxmox.sdn.zones()).map(({ state }) => state)).toEqual([null])
  await proxmox.sdn.createZone('theirs', 'simple', {})
  await proxmox.sdn.updateVnet('ourvnet', { set: { alias: 'x' } })
  await expect(applySdn(proxmox, asked)).rejects.toMatchObject({ code: 'proxmox.foreign-changes' })
  // The lock was given back: somebody can still work.
  await proxmox.sdn.removeZone('theirs')
  await applySdn(proxmox, asked)
})

test('the firewall goes on only where the panel still gets in, and off again where it does not', async () => {
  const held = open({ connections: 1 })
  const mustReach = [{ name: 'the panel', from: '10.0.0.5', ports: [8006, 22] }]
  const asked = { mustReach, signal: wait().signal, rounds: 4, everyMs: 10, patience: 2 }
  const probe = async () => void (await proxmox.version())
  await expect(enableFirewall(held, { ...asked, probe })).rejects.toMatchObject({
    code: 'proxmox.locked-out',
  })
  for (const rule of acceptRules(mustReach)) await held.firewall.addRule({ of: 'cluster' }, rule)
  const deaf = async () => {
    if ((await held.firewall.options({ of: 'cluster' })).enabled) throw new Error('timed out')
  }
  await expect(enableFirewall(held, { ...asked, probe: deaf })).rejects.toThrow('is off again')
  expect((await proxmox.firewall.options({ of: 'cluster' })).enabled).toBe(false)
  expect(await enableFirewall(held, { ...asked, probe })).toBe('enabled')
  expect((await proxmox.firewall.options({ of: 'cluster' })).enabled).toBe(true)
  await held.close()
})
