import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret } from '@/lib/base/secret'
import type { DiskSpec, VmSpec } from '@/lib/plan/observed'
import type { SeedSpec, Step, StepArgs, StepKind, VmRef } from '@/lib/plan/step'
import { connectProxmox } from '@/lib/proxmox/client'
import type { Proxmox } from '@/lib/proxmox/proxmox'
import type { GuestSession } from '@/lib/ssh/session'
import { type RunningLab, startLab } from '@/workers/lab/start-lab'
import { performStep, type StepContext } from '../handler'
import { handlers } from '../handlers'

/** For tests: the lab over the wire, and steps carried out against it as the runner does. */
export type LabSteps = {
  lab: RunningLab
  proxmox: Proxmox
  /** Secrets by name, as the store would keep them. */
  secrets: Map<string, Secret>
  lines: string[]
  /** One attempt. `notes` survive into the next if the same map is given. */
  perform<K extends StepKind>(
    kind: K,
    args: StepArgs[K],
    options?: Partial<Omit<ContextParts, 'proxmox' | 'secrets' | 'lines'>>,
  ): Promise<{ changed: boolean }>
  close(): Promise<void>
}

/** Starts a lab of its own at `speed` times real time. */
export async function startLabSteps(speed = 2000): Promise<LabSteps> {
  const dataDir = await mkdtemp(join(tmpdir(), 'drawbridge-steps-'))
  const lab = await startLab({ dataDir, port: 0, speed })
  const { url, fingerprint, tokenId, tokenSecret } = lab.connection
  const auth = { kind: 'token', id: tokenId, secret: new Secret(tokenSecret) } as const
  const proxmox = connectProxmox({ url, fingerprint, auth })
  const secrets = new Map<string, Secret>()
  const lines: string[] = []
  return {
    ...{ lab, proxmox, secrets, lines },
    perform(kind, args, options = {}) {
      const step = { id: `${kind}:test`, kind, args } as unknown as Step<typeof kind>
      return performStep(handlers, step, context({ proxmox, secrets, lines, ...options }))
    },
    async close() {
      await proxmox.close()
      await lab.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

type ContextParts = {
  proxmox: Proxmox
  secrets: Map<string, Secret>
  lines: string[]
  notes?: Map<string, string>
  signal?: AbortSignal
  guest?: GuestSession
  proxmoxApart?: StepContext['proxmoxApart']
}

function context(parts: ContextParts): StepContext {
  const { proxmox, secrets, lines, notes = new Map(), signal = AbortSignal.timeout(90_000) } = parts
  const nobody = () => Promise.reject(new Error('no guest or cluster in this test'))
  return {
    proxmox: async () => proxmox,
    ...(parts.proxmoxApart ? { proxmoxApart: parts.proxmoxApart } : {}),
    guest: parts.guest ? async () => parts.guest as GuestSession : nobody,
    kubernetes: nobody,
    helm: nobody,
    secrets: {
      find: async (name) => secrets.get(name) ?? null,
      async ensure(name, make) {
        const value = secrets.get(name) ?? (await make())
        secrets.set(name, value)
        return value
      },
      put: async (name, value) => void secrets.set(name, value),
      remove: async (name) => void secrets.delete(name),
    },
    notes: {
      get: (key) => notes.get(key),
      set: async (key, value) => void notes.set(key, value),
    },
    log: (line) => void lines.push(line),
    signal,
    now: () => Date.now(),
  }
}

export const AT = { connection: 'lab', node: 'pve1' }

/** A VM of the test's own topology. */
export const refOf = (
  vm: string,
  vmid: number,
  kind: 'vms' | 'templates' | 'holders' = 'vms',
): VmRef => ({
  at: AT,
  vmid,
  vm,
  name: vm,
  marker: `drawbridge:p1/t1/${kind}/${vm}`,
})

export const seedOf = (vm: string, mac: string): SeedSpec => ({
  instanceId: `t1-${vm}`,
  hostname: vm,
  domain: 'lan',
  user: 'drawbridge',
  authorizedKeys: [],
  timezone: null,
  ntp: [],
  packages: [],
  nics: [
    {
      mac,
      address: '10.2.0.11/24',
      gateway: '10.2.0.1',
      dns: ['10.0.0.53'],
      mtu: null,
      routes: [],
    },
  ],
  hosts: [],
})

export const systemDisk = (sizeGib: number): DiskSpec => ({
  slot: 'scsi0',
  serial: null,
  storage: 'local-lvm',
  sizeGib,
  kind: 'system',
  discard: true,
  ssd: true,
  iothread: true,
})

export const dataDisk = (slot: string, serial: string, sizeGib: number): DiskSpec => ({
  ...systemDisk(sizeGib),
  slot,
  serial,
  kind: 'data',
})

export const specOf = (name: string, mac: string, changes: Partial<VmSpec> = {}): VmSpec => ({
  name,
  cpus: 2,
  memoryMib: 4096,
  balloonMib: 0,
  cpuType: 'x86-64-v2-AES',
  machine: 'q35',
  bios: 'seabios',
  agent: true,
  onBoot: true,
  startOrder: 3,
  startDelayS: 20,
  protection: false,
  tags: ['drawbridge', 'worker'],
  nics: [
    { slot: 'net0', model: 'virtio', mac, bridge: 'vmbr0', tag: 20, firewall: false, mtu: null },
  ],
  disks: [systemDisk(32)],
  ...changes,
})
