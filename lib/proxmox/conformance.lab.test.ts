import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Secret } from '@/lib/base/secret'
import { startLab } from '@/workers/lab/start-lab'
import { connectProxmox } from './client'
import { comparePrivileges } from './privileges'
import { type ConformanceTarget, conformance } from './testing/conformance'

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

/** `DRAWBRIDGE_TEST_PVE_URL` and its fellows name a real host; `npm run test:reality` says so if not. */
const { env } = process
if (env.DRAWBRIDGE_TEST_PVE_URL) {
  const need = (name: string): string => {
    const value = env[`DRAWBRIDGE_TEST_PVE_${name}`]
    if (!value) throw new Error(`DRAWBRIDGE_TEST_PVE_${name} is needed beside _URL`)
    return value
  }
  describe('a real host', () => {
    conformance(async () => {
      const proxmox = connectProxmox({
        url: need('URL'),
        fingerprint: need('FINGERPRINT'),
        auth: { kind: 'token', id: need('TOKEN_ID'), secret: new Secret(need('TOKEN_SECRET')) },
      })
      const first = Number(env.DRAWBRIDGE_TEST_PVE_VMID ?? 8801)
      return {
        proxmox,
        node: need('NODE'),
        images: env.DRAWBRIDGE_TEST_PVE_IMAGES ?? 'local-lvm',
        isos: env.DRAWBRIDGE_TEST_PVE_ISOS ?? 'local',
        vmids: [first, first + 1],
        close: () => proxmox.close(),
      }
    })
  })
}
