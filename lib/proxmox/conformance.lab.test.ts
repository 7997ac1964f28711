import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Secret } from '@/lib/base/secret'
import { startLab } from '@/workers/lab/start-lab'
import { connectProxmox } from './client'
import { comparePrivileges } from './privileges'
import { type ConformanceTarget, conformance } from './testing/conformance'
import { hasRealHost, openRealHost } from './testing/real-host'

async function openLab(): Promise<ConformanceTarget> {
  const dataDir = await mkdtemp(join(tmpdir(), 'drawbridge-conformance-'))
  const lab = await startLab({ dataDir, port: 0, speed: 1000 })
  const { url, fingerprint, tokenId, tokenSecret } = lab.connection
  const auth = { kind: 'token', id: tokenId, secret: new Secret(tokenSecret) } as const
  const proxmox = connectProxmox({ url, fingerprint, auth })
  return {
    ...{ proxmox, node: 'pve1', images: 'local-lvm', isos: 'local', vmids: [8801, 8802] },
    async close() {
      await proxmox.close()
      await lab.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

describe('the lab', () => {
  conformance(openLab)

  test("the lab's own token may do what the panel needs", async () => {
    const { proxmox, close } = await openLab()
    const { major } = await proxmox.version()
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
