import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Secret } from '@/lib/base/secret'
import type { LabShape } from '@/lib/lab/initial'
import { startLab } from '@/workers/lab/start-lab'
import { connectProxmox } from './client'
import { comparePrivileges } from './privileges'
import { type ConformanceTarget, conformance } from './testing/conformance'
import { hasRealHost, openRealHost } from './testing/real-host'

type At = Pick<ConformanceTarget, 'node' | 'images'> & {
  shape: LabShape
  /** The host whose API is called. */
  via: string
}

/** One host, and three of which one is asked by way of another, on storage that all of them share. */
const LABS: Record<string, At> = {
  'one host, PVE 9': { shape: {}, via: 'pve1', node: 'pve1', images: 'local-lvm' },
  'one host, PVE 8.4': {
    ...{ shape: { release: '8.4' }, via: 'pve1', node: 'pve1', images: 'local-lvm' },
  },
  'three hosts, PVE 9': { shape: { hosts: 3 }, via: 'pve2', node: 'pve3', images: 'nas' },
  'three hosts, PVE 8.4': {
    ...{ shape: { hosts: 3, release: '8.4' }, via: 'pve3', node: 'pve2', images: 'local-lvm' },
  },
}

async function openLab({ shape, via, node, images }: At): Promise<ConformanceTarget> {
  const dataDir = await mkdtemp(join(tmpdir(), 'drawbridge-conformance-'))
  const lab = await startLab({ dataDir, port: 0, speed: 1000, shape })
  const { fingerprint, tokenId, tokenSecret } = lab.connection
  const auth = { kind: 'token', id: tokenId, secret: new Secret(tokenSecret) } as const
  const proxmox = connectProxmox({ url: lab.urls[via] ?? '', fingerprint, auth })
  return {
    ...{ proxmox, node, images, isos: 'local', vmids: [8801, 8802] },
    async close() {
      await proxmox.close()
      await lab.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

describe.each(Object.entries(LABS))('the lab: %s', (_, at) => {
  conformance(() => openLab(at))

  test("the lab's own token may do what the panel needs", async () => {
    const { proxmox, close } = await openLab(at)
    const { major } = await proxmox.version()
    expect(major).toBe(at.shape.release === '8.4' ? 8 : 9)
    expect(comparePrivileges(await proxmox.permissions(), major).missing).toEqual([])
    await close()
  })
})

if (hasRealHost)
  describe('a real host', () => {
    conformance(async () => {
      const { proxmox, node, images, files, vmid } = openRealHost()
      const close = () => proxmox.close()
      return { ...{ proxmox, node, images, isos: files, close }, vmids: [vmid, vmid + 1] }
    })
  })
