import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { Secret } from '@/lib/base/secret'
import { type RunningLab, startLab } from '@/workers/lab/start-lab'
import { connectProxmox } from '../client'
import type { Proxmox } from '../proxmox'
import type { Limits } from '../settings'
import { type CallTarget, callTarget } from './call-target'
import { wait } from './kept'
import { selfSigned } from './pve-stub'

const SECRET = '00000000-0000-4000-8000-00000000c0de'

export type LabTarget = {
  lab: RunningLab
  target: CallTarget
  /** A client of a token that may everything, with limits of its own. */
  connect(limits: Limits): Proxmox
  close(): Promise<void>
}

/** A lab of three hosts with a running VM whose guest agent answers, for the table of every call. */
export async function openLabTarget(): Promise<LabTarget> {
  const dataDir = await mkdtemp(join(tmpdir(), 'drawbridge-every-fault-'))
  const lab = await startLab({ dataDir, port: 0, speed: 1000, shape: { hosts: 3 } })
  lab.engine.change(({ state }) => {
    state.access.tokens['root@pam!all'] = { secret: SECRET, privsep: false }
    const [first, second] = Object.values(state.hosts)
    // A device is mapped on whichever host the table names.
    if (first && second) second.pci = structuredClone(first.pci)
  })
  const { url, fingerprint } = lab.connection
  const auth = { kind: 'token', id: 'root@pam!all', secret: new Secret(SECRET) } as const
  const connect = (limits: Limits) => connectProxmox({ url, fingerprint, auth, limits })
  const { certificate, key } = await selfSigned()
  const target = callTarget({
    ...{ node: 'pve1', other: 'pve2', certificate: { chainPem: certificate, keyPem: key } },
    patienceMs: 300,
  })
  const proxmox = connect({})
  await startGuest(lab, proxmox, target)
  await proxmox.close()
  return {
    ...{ lab, target, connect },
    async close() {
      await lab.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function startGuest(lab: RunningLab, proxmox: Proxmox, target: CallTarget): Promise<void> {
  const { node, files, images, guest } = target
  const file = { kind: 'import', name: 'jammy.qcow2', sha256: null } as const
  const url = 'https://cloud-images.example/jammy.img'
  await proxmox.waitForTask(await proxmox.downloadUrl(node, files, { ...file, url }), wait())
  const params = {
    ...{ name: 'guest', memory: 1024, agent: '1', boot: 'order=scsi0', serial0: 'socket' },
    ...{ scsi0: `${images}:0,import-from=${files}:import/jammy.qcow2` },
    net0: 'virtio,bridge=vmbr0',
  }
  await proxmox.waitForTask(await proxmox.createVm(node, guest, params), wait())
  // Cloud images come without an agent (T1); here it is as if somebody had installed one.
  lab.engine.change(({ state }) => {
    for (const volume of Object.values(state.volumes))
      if (volume.vmid === guest && volume.disk?.os)
        volume.disk.os.packages['qemu-guest-agent'] = '1:8.2.2'
  })
  await proxmox.waitForTask(await proxmox.startVm(node, guest), wait())
  await untilAgentAnswers(proxmox, target)
}

/** Waits until the guest of the target has booted. */
export async function untilAgentAnswers(
  proxmox: Proxmox,
  { node, guest }: CallTarget,
): Promise<void> {
  const answers = async () => {
    if (!(await proxmox.agentPing(node, guest))) throw new Error('the guest agent does not answer')
  }
  await vi.waitFor(answers, { timeout: 60_000, interval: 20 })
}
