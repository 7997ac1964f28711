import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { Secret } from '@/lib/base/secret'
import { labRecord } from '@/lib/lab/summary'
import { Admission } from '@/lib/proxmox/admission'
import { admitted } from '@/lib/proxmox/admitted'
import { connectProxmox } from '@/lib/proxmox/client'
import { ProxmoxError } from '@/lib/proxmox/errors'
import type { Proxmox } from '@/lib/proxmox/proxmox'
import { type RunningLab, startLab } from '@/workers/lab/start-lab'
import { type Measured, measured } from '../bench'

/** As in a real homelab: of the 5 s that PVE holds a storage's lock, looking at tasks costs its part. */
const SPEED = 1
const COUNT = 24
const TEMPLATE = 9000
const NODE = 'pve1'
const STORAGE = 'local-lvm'
const wait = () => ({ signal: AbortSignal.timeout(3_600_000) })

/** 24 full clones of one template onto one thin pool: makespan over the lower bound. */
export async function clones(how: 'admitted' | 'naive'): Promise<Measured> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'drawbridge-bench-'))
  const lab = await startLab({ dataDir, port: 0, speed: SPEED })
  const { url, fingerprint, tokenId, tokenSecret } = lab.connection
  const auth = { kind: 'token', id: tokenId, secret: new Secret(tokenSecret) } as const
  const proxmox = connectProxmox({ url, fingerprint, auth })
  try {
    await makeTemplate(proxmox)
    const before = labRecord(lab.engine.state).holds.length
    const began = performance.now()
    const tries = how === 'naive' ? await tenAtATime(proxmox) : await throughAdmission(proxmox)
    const makespan = (performance.now() - began) / 1000
    const bound = boundOf(lab, before)
    const note = `${COUNT} clones in ${makespan.toFixed(1)} s at speed ${SPEED}, bound ${bound.toFixed(1)} s, ${tries} tries`
    return measured([makespan / bound], 3, note)
  } finally {
    await proxmox.close()
    await lab.close()
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function makeTemplate(proxmox: Proxmox): Promise<void> {
  const url = 'https://cloud-images.example/jammy.img'
  const file = { kind: 'import', name: 'jammy.qcow2', url, sha256: null } as const
  await proxmox.waitForTask(await proxmox.downloadUrl(NODE, 'local', file), wait())
  const scsi0 = `${STORAGE}:0,import-from=local:import/jammy.qcow2`
  const made = await proxmox.createVm(NODE, TEMPLATE, { name: 'template', memory: 512, scsi0 })
  await proxmox.waitForTask(made, wait())
  const upid = await proxmox.makeTemplate(NODE, TEMPLATE)
  if (upid !== null) await proxmox.waitForTask(upid, wait())
}

const vmids = () => Array.from({ length: COUNT }, (_, i) => 300 + i)

async function cloneOne(proxmox: Proxmox, vmid: number): Promise<void> {
  const upid = await proxmox.cloneVm(NODE, {
    ...{ templateVmid: TEMPLATE, vmid, name: `clone-${vmid}`, description: 'bench' },
    storage: STORAGE,
  })
  await proxmox.waitForTask(upid, wait())
}

/** All at once, each let in when Proxmox's locks are free. */
async function throughAdmission(proxmox: Proxmox): Promise<number> {
  const gate = admitted(proxmox, new Admission())
  await Promise.all(vmids().map((vmid) => cloneOne(gate, vmid)))
  return COUNT
}

/** What tools without an idea of the locks do: so many in parallel, and again where one fails. */
async function tenAtATime(proxmox: Proxmox): Promise<number> {
  const left = vmids()
  let tries = 0
  const worker = async () => {
    for (let vmid = left.shift(); vmid !== undefined; vmid = left.shift()) {
      try {
        tries++
        await cloneOne(proxmox, vmid)
      } catch (error) {
        if (!(error instanceof ProxmoxError)) throw error
        left.push(vmid)
      }
    }
  }
  await Promise.all(Array.from({ length: 10 }, worker))
  return tries
}

/** Wall seconds for which clones that came through held the lock that was held longest. */
function boundOf({ engine }: RunningLab, before: number): number {
  const { tasks } = engine.state
  const good = new Set(tasks.filter(({ exit }) => exit === 'OK').map(({ upid }) => upid))
  const held = new Map<string, number>()
  for (const { lock, holder, from, to } of labRecord(engine.state).holds.slice(before)) {
    if (!lock.startsWith('storage:') || !good.has(holder)) continue
    held.set(lock, (held.get(lock) ?? 0) + ((to ?? from) - from))
  }
  return Math.max(...held.values()) / 1000 / SPEED
}
